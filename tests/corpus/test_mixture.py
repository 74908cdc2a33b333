"""Weights of languages: a power of their bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.corpus.mixture import mixture_json, mixture_weights

_SIZES = {"es": 900, "eu": 100}


@pytest.mark.parametrize(("temperature", "es"), [(1.0, 0.9), (0.5, 0.75), (0.0, 0.5)])
def test_the_exponent_goes_from_proportional_to_equal(temperature: float, es: float) -> None:
    assert mixture_weights(_SIZES, temperature) == {"es": es, "eu": pytest.approx(1 - es)}


@given(
    st.dictionaries(st.sampled_from(["es", "ca", "eu"]), st.integers(1, 10**12), min_size=1),
    st.floats(0, 1),
)
def test_weights_are_probabilities(sizes: dict[str, int], temperature: float) -> None:
    weights = mixture_weights(sizes, temperature)
    assert sum(weights.values()) == pytest.approx(1, abs=1e-8)
    assert all(0 <= weight <= 1 for weight in weights.values())


def test_a_language_without_text_is_never_drawn() -> None:
    assert mixture_weights({"es": 5, "eu": 0}, 0.0) == {"es": 1.0, "eu": 0.0}


def test_the_file_says_what_the_weights_come_from() -> None:
    assert mixture_json(_SIZES, {"es": 3, "eu": 1}, 1.0) == {
        "schema": 1,
        "weights": {"es": 0.9, "eu": 0.1},
        "bytes": _SIZES,
        "documents": {"es": 3, "eu": 1},
    }


def test_bounds_on_epochs_are_written_only_where_there_are_any() -> None:
    assert "max_epochs" not in mixture_json(_SIZES, {"es": 3, "eu": 1}, 1.0, {})
    written = mixture_json(_SIZES, {"es": 3, "eu": 1}, 1.0, {"b": 2.0, "a": 1.5})
    assert list(written["max_epochs"].items()) == [("a", 1.5), ("b", 2.0)]
