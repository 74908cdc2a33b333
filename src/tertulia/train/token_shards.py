"""Token shards: the corpus as integers on disk, with a table of where each document lies.

Files, per language: `train-LANG.bin` (little-endian uint16, or uint32 above 65,536 entries) and
`train-LANG.parquet` (one row a document). A document is BOS + text + EOS, whatever
ids the tokenizer has for them. `mixture.json` holds the
share of each language in training.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tertulia.errors import DataError
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
    path: Path | None = None
    """The file of `tokens`, for a message."""
    vocabulary: int | None = None
    """Ids are below it; None where nobody checks."""

    def checked(self, ids: NDArray[Any]) -> None:
        """Raises DataError `train.damaged-shard` for an id that no entry has."""
        if self.vocabulary is not None and ids.size and int(ids.max()) >= self.vocabulary:
            raise damaged_shard(self.path, f"an id is {int(ids.max())}, of {self.vocabulary}")


def token_type(vocabulary: int) -> np.dtype[np.unsignedinteger]:
    """The narrowest little-endian type that holds every id."""
    return np.dtype("<u2") if vocabulary <= 65_536 else np.dtype("<u4")


def write_shard(tokenizer: Tokenizer, documents: Path, folder: Path, language: str) -> int:
    """Encodes a Parquet file of documents; returns how many tokens it became."""
    kind, special = token_type(tokenizer.vocabulary), tokenizer.special
    columns: dict[str, list[object]] = {name: [] for name in _TABLE.names}
    written = 0
    with (folder / f"train-{language}.bin").open("wb") as out:
        for rows in _document_batches(documents):
            for row, ids in zip(
                rows, tokenizer.encode_batch([r["text"] for r in rows]), strict=True
            ):
                whole = np.array([special.start, *ids, special.end], dtype=kind)
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
    """Maps one language's tokens into memory; `max_epochs` is source -> bound.

    Raises DataError `train.damaged-shard` where the tokens are not those of the table.
    """
    names = ["offset", "length", *(["id", "source"] if max_epochs else [])]
    path, kind = folder / f"train-{language}.bin", token_type(vocabulary)
    try:
        table = pq.read_table(path.with_suffix(".parquet"), columns=names)
    except (OSError, pa.ArrowException) as error:
        raise damaged_shard(path.with_suffix(".parquet"), "it cannot be read") from error
    offsets = table["offset"].to_numpy().astype(np.int64)
    lengths = table["length"].to_numpy().astype(np.int64)
    held = path.stat().st_size
    listed = int((offsets + lengths).max(initial=0)) * kind.itemsize
    if held != listed or held == 0 or offsets.min() < 0 or lengths.min() < 1:
        raise damaged_shard(path, f"it has {held} bytes where its table lists {listed}")
    return LanguageShard(
        language=language,
        tokens=np.memmap(path, dtype=kind, mode="r"),
        offsets=offsets,
        lengths=lengths,
        path=path,
        vocabulary=vocabulary,
        epochs=(
            document_epochs(table["id"].to_pylist(), table["source"].to_pylist(), max_epochs)
            if max_epochs
            else None
        ),
    )


def damaged_shard(path: Path | None, what: str) -> DataError:
    """The error of a shard that is not what its stage wrote."""
    return DataError(
        "train.damaged-shard",
        f"a token shard is damaged: {what}",
        where=str(path),
        remedy="Delete the folder it lies in and run the same command: it is made again",
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
