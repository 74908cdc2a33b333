"""Numbers as people read them."""

from __future__ import annotations

import pytest

from tertulia.messages.quantities import bytes_text, count_text, seconds_text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1 k"), (7_100_000, "7.1 M"), (2.5e15, "2.5 P")],
)
def test_counts(count: float, text: str) -> None:
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (1_440, "1.44 kB"), (25_300_000_000, "25.3 GB")]
)
def test_sizes(size: int, text: str) -> None:
    assert bytes_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (12.34, "12.3 s"), (200, "3 min 20 s"), (7260, "2 h 1 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text
