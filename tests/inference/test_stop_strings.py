"""Stop strings in pieces: what passes is exactly what stands before the first of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tertulia.inference.stop_strings import StopStrings

LETTERS = st.text("ab", min_size=1, max_size=4)


def passed(pieces: list[str], stops: list[str]) -> tuple[str, bool]:
    found = StopStrings(stops)
    text = "".join(found.push(piece) for piece in pieces)
    return (text if found.found else text + found.finish()), found.found


@given(st.lists(LETTERS, max_size=12), st.lists(LETTERS, max_size=3))
def test_what_passes_is_what_stands_before_the_first_stop(
    pieces: list[str], stops: list[str]
) -> None:
    """The first to be complete: a longer one that began earlier may still be under way."""
    whole = "".join(pieces)
    heard = ""
    expected, stopped = whole, False
    for piece in pieces:
        heard += piece
        places = [heard.find(stop) for stop in stops if stop in heard]
        if places:
            expected, stopped = whole[: min(places)], True
            break
    assert passed(pieces, stops) == (expected, stopped)


def test_text_that_cannot_be_a_stop_is_not_held_back() -> None:
    stops = StopStrings(["\n\n", "User:"])
    assert stops.push("Bon dia") == "Bon dia"
    assert stops.push(", Us") == ", "
    assert stops.push("a\n") == "Usa"
    assert stops.push("\nres") == ""
    assert stops.found


def test_nothing_passes_after_a_stop() -> None:
    stops = StopStrings(["."])
    assert stops.push("Prou. I més") == "Prou"
    assert stops.push("text") == ""


def test_an_empty_stop_string_is_none() -> None:
    assert passed(["abc"], [""]) == ("abc", False)
