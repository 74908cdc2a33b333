"""A fact about a machine is a number, or two, and what it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.compute.claim import Claim
from tertulia.compute.profiles import load_profile
from tertulia.errors import RecipeError


def written(folder: Path, text: str) -> Claim | None:
    path = folder / "mine.toml"
    path.write_text(f"schema = 1\n{text}\n")
    return load_profile(path).watts_per_core


def test_a_range_and_its_basis(tmp_path: Path) -> None:
    claim = written(tmp_path, 'watts_per_core = { low = 5, high = 10, basis = "assumed" }')
    assert claim is not None
    assert (claim.least, claim.middle, claim.most, claim.ground) == (5, 7.5, 10, "assumed")


def test_one_number_and_its_source(tmp_path: Path) -> None:
    claim = written(
        tmp_path, 'watts_per_core = { value = 6, basis = "published:https://example.org/cpu" }'
    )
    assert claim is not None
    assert (claim.least, claim.most, claim.ground) == (6, 6, "published")
    assert claim.basis == "published:https://example.org/cpu"


def test_a_measurement_says_when_and_where() -> None:
    claim = Claim(value=3, basis="measured:2026-05-04, our own node")
    assert claim.ground == "measured"


def test_a_bare_number_is_assumed(tmp_path: Path) -> None:
    claim = written(tmp_path, "watts_per_core = 7.5")
    assert claim == Claim(value=7.5, basis="assumed")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{ value = 5, basis = "a friend" }', "published:SOURCE"),
        ('{ value = 5, basis = "published:" }', "published:SOURCE"),
        ('{ value = 5, basis = "measured" }', "WHEN AND WHERE"),
        ("{ value = 5 }", "`watts_per_core.basis` is missing"),
        ('{ basis = "assumed" }', "either `value`, or both"),
        ('{ low = 5, basis = "assumed" }', "either `value`, or both"),
        ('{ value = 5, low = 4, high = 6, basis = "assumed" }', "either `value`, or both"),
        ('{ value = 5, low = 4, basis = "assumed" }', "either `value`, or both"),
        ('{ low = 6, high = 5, basis = "assumed" }', "`low` is above `high`"),
        ('{ value = -1, basis = "assumed" }', "more than 0"),
        ('"much"', "wrong type"),
    ],
)
def test_a_mistake_is_placed(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        written(tmp_path, f"watts_per_core = {text}")
    assert "mine.toml, line 2" in str(caught.value.where)
    assert words in f"{caught.value} {caught.value.remedy}"
