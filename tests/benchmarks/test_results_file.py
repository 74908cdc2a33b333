"""A benchmark replaces its own section of RESULTS.md and touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results_file import (
    BrokenMarkersError,
    markers,
    replace_section,
    write_section,
)

FILE = """# Results

Words by hand.

<!-- speed: begin -->
old speed
<!-- speed: end -->

Words between.

<!-- quality: begin -->
old quality
<!-- quality: end -->
"""


def test_a_section_is_replaced_where_it_stands() -> None:
    assert replace_section(FILE, "speed", "new speed") == FILE.replace("old speed", "new speed")
    assert replace_section(FILE, "quality", "new") == FILE.replace("old quality", "new")


def test_a_new_section_goes_to_the_end() -> None:
    text = replace_section(FILE, "rerun", "0.4 s")
    assert text == FILE + "\n<!-- rerun: begin -->\n0.4 s\n<!-- rerun: end -->\n"


def test_a_name_that_begins_another_is_not_taken_for_it() -> None:
    text = replace_section(FILE, "speed-again", "x")
    assert "old speed" in text and text.count("<!-- speed: begin -->") == 1


@pytest.mark.parametrize(
    "text",
    [
        "<!-- speed: begin -->\nx\n",
        "x\n<!-- speed: end -->\n",
        "<!-- speed: end -->\nx\n<!-- speed: begin -->\n",
        "<!-- speed: begin -->\nx\n<!-- speed: end -->\n" * 2,
    ],
    ids=["no end", "no begin", "swapped", "twice"],
)
def test_broken_markers_are_refused_rather_than_guessed_at(text: str) -> None:
    with pytest.raises(BrokenMarkersError, match="speed"):
        replace_section(text, "speed", "new")


def test_a_body_that_brings_its_own_markers_is_refused() -> None:
    with pytest.raises(BrokenMarkersError):
        replace_section(FILE, "speed", "\n".join(markers("speed")))


@pytest.mark.parametrize("name", ["", "Speed", "a b", "a--b", "x -->"])
def test_a_name_is_plain_words(name: str) -> None:
    with pytest.raises(ValueError, match="hyphens"):
        markers(name)


@given(st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1))
def test_writing_twice_is_writing_once(body: str) -> None:
    once = replace_section(FILE, "quality", body)
    assert replace_section(once, "quality", body) == once
    assert once.startswith(FILE[: FILE.index("<!-- quality")])


def test_the_file_is_made_and_then_changed_in_place(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    write_section("speed", "one", path)
    write_section("rerun", "two", path)
    write_section("speed", "three", path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Results\n")
    assert "one" not in text and text.index("three") < text.index("two")


def test_the_shipped_file_can_take_every_section() -> None:
    text = (Path(__file__).parents[2] / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    for name in (
        "training-speed",
        "plain-loop",
        "quality",
        "determinism-cost",
        "quickstart",
        "bits-per-byte",
        "rerun",
    ):
        assert "new words" in replace_section(text, name, "new words")
