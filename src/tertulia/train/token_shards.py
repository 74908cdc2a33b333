"""Token shards: the corpus as integers on disk, with a table of where each document lies.

Files, per language: `train-LANG.bin` (little-endian uint16, or uint32 above 65,536 entries) and
`train-LANG.parquet` (one row a document). A document is BOS + text + EOS. `mixture.json` holds the
share of each language in training.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tertulia.errors import DataError
from tertulia.tokenizer.special import BOS, EOS
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.train.epoch_bounds import document_epochs

_BATCH_DOCUMENTS = 512

_TABLE = pa.schema(
    [
        ("id", pa.string()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("bytes", pa.int64()),
        ("language", pa.string()),
        ("source", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class LanguageShard:
    """One language's tokens: a flat array, and where in it each document begins and how long."""

    language: str
    tokens: NDArray[np.unsignedinteger]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    epochs: NDArray[np.int64] | None = None
    """In how many epochs each document may be read; None where no source of it has a bound."""


def token_type(vocabulary: int) -> np.dtype[np.unsignedinteger]:
    """The narrowest little-endian type that holds every id."""
    return np.dtype("<u2") if vocabulary <= 65_536 else np.dtype("<u4")


def write_shard(tokenizer: Tokenizer, documents: Path, folder: Path, language: str) -> int:
    """Encodes a Parquet file of documents; returns how many tokens it became."""
    kind = token_type(tokenizer.vocabulary)
    columns: dict[str, list[object]] = {name: [] for name in _TABLE.names}
    written = 0
    with (folder / f"train-{language}.bin").open("wb") as out:
        for rows in _document_batches(documents):
            for row, ids in zip(
                rows, tokenizer.encode_batch([r["text"] for r in rows]), strict=True
            ):
                whole = np.array([BOS, *ids, EOS], dtype=kind)
                out.write(whole.tobytes())
                values = (
                    row["id"],
                    written,
                    len(whole),
                    len(row["text"].encode()),
                    row["language"],
                    row["source"],
                )
                for name, value in zip(_TABLE.names, values, strict=True):
                    columns[name].append(value)
                written += len(whole)
    table = pa.table(columns, schema=_TABLE)
    pq.write_table(table, folder / f"train-{language}.parquet", compression="zstd")
    return written


def _document_batches(path: Path) -> Iterator[list[dict[str, str]]]:
    with pq.ParquetFile(path) as file:
        names = ["id", "text", "language", "source"]
        for batch in file.iter_batches(batch_size=_BATCH_DOCUMENTS, columns=names):
            yield batch.to_pylist()


def open_shard(
    folder: Path, language: str, vocabulary: int, max_epochs: Mapping[str, float] | None = None
) -> LanguageShard:
    """Maps one language's tokens into memory; `max_epochs` is source -> bound."""
    names = ["offset", "length", *(["id", "source"] if max_epochs else [])]
    table = pq.read_table(folder / f"train-{language}.parquet", columns=names)
    tokens = np.memmap(folder / f"train-{language}.bin", dtype=token_type(vocabulary), mode="r")
    return LanguageShard(
        language=language,
        tokens=tokens,
        offsets=table["offset"].to_numpy().astype(np.int64),
        lengths=table["length"].to_numpy().astype(np.int64),
        epochs=(
            document_epochs(table["id"].to_pylist(), table["source"].to_pylist(), max_epochs)
            if max_epochs
            else None
        ),
    )


def open_shards(folder: Path, languages: Sequence[str], vocabulary: int) -> list[LanguageShard]:
    """Every language's shard, in the order of `languages`, with the bounds of `mixture.json`.

    Raises DataError `train.no-text` for an empty one.
    """
    max_epochs = read_max_epochs(folder)
    shards = []
    for language in languages:
        if not (folder / f"train-{language}.bin").exists():
            raise DataError(
                "train.no-text",
                f"there is no training text in {language}",
                where=str(folder),
                remedy="Add a source in that language or take it out of the recipe's languages",
            )
        shards.append(open_shard(folder, language, vocabulary, max_epochs))
    return shards


def read_mixture(folder: Path) -> dict[str, float]:
    """The share of each language, from `mixture.json`; shares add up to one."""
    weights = json.loads((folder / "mixture.json").read_text(encoding="utf-8"))["weights"]
    total = sum(weights.values())
    return {language: weight / total for language, weight in weights.items()}


def read_max_epochs(folder: Path) -> dict[str, float]:
    """Source -> how often its documents may be read, from `mixture.json`; empty without bounds."""
    path = folder / "mixture.json"
    if not path.is_file():
        return {}
    bounds: dict[str, float] = json.loads(path.read_text(encoding="utf-8")).get("max_epochs", {})
    return bounds
