"""The index on disk: sorted hashes of every run of words of the suites, and whose each is.

Files: `hashes.u64` and `suites.u16` (little-endian, in the order of hashes), `index.json`. The
same suites give the same bytes. A run that several suites share is the first one's by name.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tertulia.corpus.contamination.ngrams import NORMALISATION, Hashes, runs, words_of
from tertulia.corpus.contamination.suites import index_files
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

_META = "index.json"
_FILTER_BITS = 16
"""Bits for each entry in the filter: one hash in sixteen that is not there passes it."""


@dataclass(frozen=True)
class Index:
    """[E] hashes in ascending order, and the number of the suite that each belongs to."""

    hashes: Hashes
    owners: NDArray[np.uint16]
    suites: tuple[str, ...]
    lengths: frozenset[int]
    """Words in the runs that occur."""

    def find(self, hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """(places in `hashes` that the index holds, the suite of each)."""
        if not len(self.hashes):
            return np.empty(0, np.int64), np.empty(0, np.uint16)
        table, mask = self._filter
        slots = (hashes & mask).view(np.int64)
        maybe = np.flatnonzero(table[slots >> 3] >> (slots & 7).astype(np.uint8) & 1)
        wanted = hashes[maybe]
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        held = self.hashes[at] == wanted
        return maybe[held], self.owners[at[held]]

    @cached_property
    def _filter(self) -> tuple[NDArray[np.uint8], np.uint64]:
        """One bit for each value of the lowest bits: most words are decided in the cache."""
        bits = max(3, (len(self.hashes) * _FILTER_BITS - 1).bit_length())
        mask = np.uint64((1 << bits) - 1)
        table = np.zeros(1 << bits, dtype=bool)
        table[(self.hashes & mask).view(np.int64)] = True
        return np.packbits(table, bitorder="little"), mask


def build_index(
    texts_by_suite: Mapping[str, Sequence[str]], folder: Path, *, n: int = 13, shortest: int = 8
) -> Path:
    """Writes the index of all runs of `n` words; of a shorter text, of the whole text.

    Texts of fewer than `shortest` words are counted as left out. Returns `folder`.
    """
    import polars as pl

    names = sorted(texts_by_suite)
    found: list[Hashes] = []
    owners: list[NDArray[np.uint16]] = []
    lengths: set[int] = set()
    suites = {}
    for number, name in enumerate(names):
        normal = [unicodedata.normalize("NFC", text) for text in texts_by_suite[name]]
        texts = pl.Series("text", normal, dtype=pl.String).unique(maintain_order=True)
        by_length = _entries(texts, n, shortest)
        hashes = np.unique(np.concatenate([h for _, h in by_length] or [np.empty(0, np.uint64)]))
        found.append(hashes)
        owners.append(np.full(len(hashes), number, dtype=np.uint16))
        lengths |= {length for length, h in by_length if len(h)}
        words = np.diff(words_of(texts).starts)
        suites[name] = {
            "texts": len(texts),
            "too_short": int((words < shortest).sum()),
            "ngrams": len(hashes),
        }
    hashes = np.concatenate(found or [np.empty(0, np.uint64)])
    # `unique` keeps the first of equals, which is the first suite's.
    hashes, first = np.unique(hashes, return_index=True)
    numbers = np.concatenate(owners or [np.empty(0, np.uint16)])[first]
    return _write(folder, hashes, numbers, {
        "schema": 1, "n": n, "shortest": shortest, "normalisation": NORMALISATION,
        "lengths": sorted(lengths), "suites": suites,
    })  # fmt: skip


def load_index(folder: Path) -> Index:
    """The index in `folder`.

    Raises DataError `corpus.bad-index` where it is damaged or made by other rules.
    """
    meta = index_meta(folder)
    try:
        raw = (folder / "hashes.u64").read_bytes()
        numbers = (folder / "suites.u16").read_bytes()
    except OSError as error:
        raise _bad(folder, f"cannot be read ({error.strerror})") from error
    if hashlib.sha256(raw + numbers).hexdigest() != meta["digest"]:
        raise _bad(folder, "is not what was built")
    return Index(
        hashes=np.frombuffer(raw, dtype="<u8").astype(np.uint64, copy=False),
        owners=np.frombuffer(numbers, dtype="<u2").astype(np.uint16, copy=False),
        suites=tuple(meta["suites"]),
        lengths=frozenset(meta["lengths"]),
    )


def is_index(folder: Path) -> bool:
    """Whether `folder` holds an index rather than the files of a suite."""
    return (folder / _META).is_file() and (folder / "hashes.u64").is_file()


def index_meta(folder: Path) -> dict[str, Any]:
    """The content of `index.json`: suites with their counts, n, digest."""
    try:
        meta: dict[str, Any] = json.loads((folder / _META).read_bytes())
        version = (meta["schema"], meta["normalisation"])
        assert all(key in meta for key in ("n", "shortest", "lengths", "suites", "digest"))
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise _bad(folder, "cannot be read") from error
    if version != (1, NORMALISATION):
        raise _bad(folder, "was made by the rules of another version")
    return meta


def prepare_index(paths: Sequence[Path], folder: Path, *, n: int = 13, shortest: int = 8) -> Path:
    """One index in `folder` of everything that `paths` name: files of suites, folders, indexes.

    Raises DataError `corpus.bad-index` for an index of another `n` or `shortest`.
    """
    files = [path for path in paths if not is_index(path)]
    build_index(index_files(files), folder, n=n, shortest=shortest)
    for path in paths:
        if is_index(path):
            _merge(folder, path)
    return folder


def _merge(folder: Path, other: Path) -> None:
    """Adds the index `other` to the one in `folder`."""
    mine, theirs = index_meta(folder), index_meta(other)
    for key in ("n", "shortest"):
        if mine[key] != theirs[key]:
            raise _bad(other, f"was made with {key} = {theirs[key]}, the recipe asks {mine[key]}")
    a, b = load_index(folder), load_index(other)
    names = sorted({*a.suites, *b.suites})
    owners = [
        np.array([names.index(name) for name in index.suites], dtype=np.uint16)[index.owners]
        if len(index.owners) else index.owners
        for index in (a, b)
    ]  # fmt: skip
    hashes, numbers = np.concatenate((a.hashes, b.hashes)), np.concatenate(owners)
    order = np.lexsort((numbers, hashes))
    hashes, first = np.unique(hashes[order], return_index=True)
    suites = {name: (theirs["suites"] | mine["suites"])[name] for name in names}
    lengths = sorted(a.lengths | b.lengths)
    _write(folder, hashes, numbers[order][first], {**mine, "suites": suites, "lengths": lengths})


def _entries(texts: pl.Series, n: int, shortest: int) -> list[tuple[int, Hashes]]:
    """(words in a run, hashes) of what is to be looked for in the corpus."""
    words = words_of(texts)
    sizes = np.diff(words.starts)
    result = []
    for length, hashes, first in runs(words, range(shortest, n + 1)):
        text = np.searchsorted(words.starts, first, side="right") - 1
        result.append((length, hashes if length == n else hashes[sizes[text] == length]))
    return result


def _write(
    folder: Path, hashes: Hashes, owners: NDArray[np.uint16], meta: Mapping[str, Any]
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    raw, numbers = hashes.astype("<u8").tobytes(), owners.astype("<u2").tobytes()
    digest = hashlib.sha256(raw + numbers).hexdigest()
    (folder / "hashes.u64").write_bytes(raw)
    (folder / "suites.u16").write_bytes(numbers)
    text = json.dumps({**meta, "digest": digest}, ensure_ascii=False, indent=1) + "\n"
    (folder / _META).write_text(text, encoding="utf-8")
    return folder


def _bad(folder: Path, what: str) -> DataError:
    return DataError(
        "corpus.bad-index",
        f"an index of evaluation texts {what}",
        where=str(folder),
        remedy="Build it again, or name the suites' files themselves",
    )
