"""Replayed languages get their share, and proportions within both groups stay."""

from __future__ import annotations

import pytest

from tertulia.recipe.base_spec import ReplaySpec
from tertulia.train.replay import with_replay

MIXTURE = {"es": 0.5, "eu": 0.3, "en": 0.2}


def test_the_share_is_that_of_the_recipe() -> None:
    shares = with_replay(MIXTURE, ReplaySpec(fraction=0.25))
    assert shares == pytest.approx({"es": 0.75 * 5 / 8, "eu": 0.75 * 3 / 8, "en": 0.25})


def test_no_fraction_is_no_replay() -> None:
    assert with_replay(MIXTURE, ReplaySpec(fraction=0.0)) == pytest.approx(
        {"es": 5 / 8, "eu": 3 / 8, "en": 0.0}
    )


def test_without_replay_the_mixture_stays() -> None:
    assert with_replay(MIXTURE, None) == MIXTURE
