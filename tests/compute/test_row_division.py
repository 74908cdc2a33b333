"""A batch that the processes cannot share is refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.compute.row_division import check_division
from tertulia.errors import TrainingError
from tertulia.recipe.load import load_recipe

RECIPE = Path(__file__).parents[1] / "fixtures" / "tiny.toml"
"""Eight rows a batch."""


@pytest.mark.parametrize("processes", [1, 2, 4, 8])
def test_even_shares_pass(processes: int) -> None:
    check_division(load_recipe(RECIPE).recipe, processes)


def test_an_uneven_share_is_refused_with_what_would_do() -> None:
    with pytest.raises(TrainingError) as caught:
        check_division(load_recipe(RECIPE).recipe, 3)
    assert caught.value.code == "train.batch-does-not-divide"
    assert caught.value.remedy is not None
    assert "1, 2, 4, 8 processes" in caught.value.remedy
    assert "set batch_tokens to 288" in caught.value.remedy
