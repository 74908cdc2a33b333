"""The card's figures come from `results.json` and from nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.errors import DataError
from tertulia.release.figures import Figure, read_figures


def _row(base: float | None) -> dict[str, Any]:
    return {
        "documents": 12,
        "bytes": 3000,
        "models": {"base": {"bits_per_byte": base, "ci_low": 2.25, "ci_high": 2.75}},
        "baselines": {"uniform": {"bits_per_byte": 8.0, "ci_low": None, "ci_high": None}},
    }


def test_languages_keep_their_figures_and_intervals() -> None:
    (split,) = read_figures({"schema": 1, "splits": {"held_out": {"eu": _row(2.5)}, "unseen": {}}})
    assert (split.split, list(split.columns)) == ("held_out", ["base", "uniform"])
    assert split.rows[0].documents == 12
    assert str(split.rows[0].values["base"]) == "2.500 [2.250, 2.750]"
    assert str(split.rows[0].values["uniform"]) == "8.000"


def test_what_cannot_be_compared_has_no_figure() -> None:
    (split,) = read_figures({"schema": 1, "splits": {"held_out": {"es": _row(None)}}})
    assert split.rows[0].values == {"uniform": Figure(value=8.0)}


def test_results_of_another_schema_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        read_figures({"schema": 2})
    assert caught.value.code == "release.results-schema"
