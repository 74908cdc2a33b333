"""Frames of any size regrouped into frames of bounded size, in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

BATCH_BYTES = 16_000_000
"""Of text, in UTF-8; a single longer document is a batch of its own."""

BATCH_ROWS = 100_000


def batched(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows; no frame holds more than the bounds, and none is empty."""
    gathered: list[pl.DataFrame] = []
    rows = size = 0
    for frame, frame_size in _bounded(frames):
        if gathered and (rows + len(frame) > BATCH_ROWS or size + frame_size > BATCH_BYTES):
            yield _joined(gathered)
            gathered, rows, size = [], 0, 0
        gathered.append(frame)
        rows += len(frame)
        size += frame_size
    if gathered:
        yield _joined(gathered)


def _bounded(frames: Iterable[pl.DataFrame]) -> Iterator[tuple[pl.DataFrame, int]]:
    """(frame, bytes of its text) with frames cut where they are beyond a bound."""
    for frame in frames:
        for start in range(0, len(frame), BATCH_ROWS):
            yield from _by_size(frame[start : start + BATCH_ROWS])


def _by_size(frame: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, int]]:
    sizes = frame["text"].str.len_bytes()
    total = int(sizes.sum() or 0)
    if total <= BATCH_BYTES:
        yield frame, total
        return
    start = size = 0
    for index, length in enumerate(sizes.to_list()):
        if index > start and size + length > BATCH_BYTES:
            yield frame[start:index], size
            start, size = index, 0
        size += length
    yield frame[start:], size


def _joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    import polars as pl

    return frames[0] if len(frames) == 1 else pl.concat(frames, rechunk=True)
