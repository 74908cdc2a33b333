"""Shards open with the bounds on epochs that the mixture beside them states."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tertulia.errors import DataError
from tertulia.train.data_order import DataOrder
from tertulia.train.epoch_bounds import UNBOUNDED
from tertulia.train.token_shards import open_shards, read_mixture


def _folder(path: Path, **mixture: object) -> Path:
    np.arange(12, dtype="<u2").tofile(path / "train-eu.bin")
    table = {"id": ["a/1", "b/1"], "offset": [0, 5], "length": [5, 7], "bytes": [3, 5],
             "language": ["eu", "eu"], "source": ["a", "b"]}  # fmt: skip
    pq.write_table(pa.table(table), path / "train-eu.parquet")
    (path / "mixture.json").write_text(json.dumps({"schema": 1, "weights": {"eu": 1}, **mixture}))
    return path


def test_a_mixture_without_bounds_gives_none(tmp_path: Path) -> None:
    (one,) = open_shards(_folder(tmp_path), ["eu"], 512)
    assert one.epochs is None
    assert one.tokens.tolist() == list(range(12))
    assert read_mixture(tmp_path) == {"eu": 1.0}


def test_bounds_reach_the_documents_of_their_source(tmp_path: Path) -> None:
    (one,) = open_shards(_folder(tmp_path, max_epochs={"b": 3.0}), ["eu"], 512)
    assert one.epochs is not None
    assert one.epochs.tolist() == [UNBOUNDED, 3]


def test_a_language_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no training text in gl"):
        open_shards(_folder(tmp_path), ["gl"], 512)


@pytest.mark.parametrize("size", [0, 2, 23, 26])
def test_tokens_that_do_not_fit_their_table_are_a_damaged_shard(tmp_path: Path, size: int) -> None:
    tokens = _folder(tmp_path) / "train-eu.bin"
    tokens.write_bytes((tokens.read_bytes() + b"\0\0")[:size])
    with pytest.raises(DataError, match=f"{size} bytes where its table lists 24") as caught:
        open_shards(tmp_path, ["eu"], 512)
    assert (caught.value.code, caught.value.where) == ("train.damaged-shard", str(tokens))


def test_a_table_that_cannot_be_read_is_a_damaged_shard(tmp_path: Path) -> None:
    table = _folder(tmp_path) / "train-eu.parquet"
    table.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DataError) as caught:
        open_shards(tmp_path, ["eu"], 512)
    assert (caught.value.code, caught.value.where) == ("train.damaged-shard", str(table))


def test_an_id_that_no_entry_has_is_told_when_its_row_is_read(tmp_path: Path) -> None:
    tokens = _folder(tmp_path) / "train-eu.bin"
    ids = np.fromfile(tokens, dtype="<u2")
    ids[-1] = 700
    ids.tofile(tokens)
    shards = open_shards(tmp_path, ["eu"], 512)
    order = DataOrder(shards, {"eu": 1.0}, context=2, rows=5, seed=0)
    with pytest.raises(DataError, match="an id is 700, of 512") as caught:
        for row in range(5):
            order.batch([row])
    assert (caught.value.code, caught.value.where) == ("train.damaged-shard", str(tokens))
