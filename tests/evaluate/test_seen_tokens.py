"""The n-gram gets the tokens that the model saw: all of them, once, in whole pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tertulia.errors import DataError
from tertulia.evaluate.kneser_ney import TokenText
from tertulia.evaluate.seen_tokens import read_seen_tokens

SHARD = [1, 70, 71, 72, 73, 2, 1, 80, 81, 2]


def read(folder: Path, ranges: list[tuple[str, int, int]]) -> list[list[int]]:
    np.array(SHARD, dtype="<u2").tofile(folder / "train-ca.bin")
    np.array([1, 90, 2], dtype="<u2").tofile(folder / "train-eu.bin")
    rows = pl.DataFrame(ranges, schema=["language", "offset", "length"], orient="row")
    rows.write_parquet(folder / "seen.parquet")
    text: TokenText = read_seen_tokens(folder, folder, vocabulary=384, bos=1, eos=2)
    ends = [*text.starts[1:].tolist(), len(text.ids_N)]
    return [text.ids_N[start:end].tolist() for start, end in zip(text.starts, ends, strict=True)]


def test_ranges_that_touch_or_overlap_are_one_piece(tmp_path: Path) -> None:
    assert read(tmp_path, [("ca", 3, 2), ("ca", 0, 3), ("ca", 2, 2)]) == [[1, 70, 71, 72, 73]]


def test_a_document_begins_a_piece_and_so_does_a_gap(tmp_path: Path) -> None:
    pieces = read(tmp_path, [("ca", 0, 2), ("ca", 3, 7), ("eu", 0, 3)])
    assert pieces == [[1, 70], [72, 73, 2], [1, 80, 81, 2], [1, 90, 2]]


def test_a_range_seen_twice_counts_once(tmp_path: Path) -> None:
    assert read(tmp_path, [("eu", 0, 3), ("eu", 0, 3)]) == [[1, 90, 2]]


def test_a_range_past_the_shard_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, [("eu", 1, 3)])
    assert caught.value.code == "evaluate.seen-out-of-range"
