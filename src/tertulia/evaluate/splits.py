"""What is read from the corpus: whole held-out documents, and the training text for xz."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tertulia.errors import DataError

Split = Literal["held_out", "unseen"]
SPLITS: tuple[Split, ...] = ("held_out", "unseen")


@dataclass(frozen=True)
class EvaluationSet:
    """The documents that one language is measured on in one split."""

    texts: list[str]
    sources: list[str]
    """Names of the sources that the texts come from, sorted."""
    left_out: int
    """Documents beyond the limit of bytes."""


def read_split(
    corpus: Path, split: Split, language: str, *, max_bytes: int, seed: int
) -> EvaluationSet | None:
    """Whole documents of a split, drawn by `seed` until the next would pass `max_bytes`.

    The first is taken whatever its size. None where the corpus has no such text.
    """
    path = corpus / split / f"{language}.parquet"
    if not path.exists():
        return None
    import polars as pl

    table = pl.read_parquet(path, columns=["id", "text", "source"])
    if table.height == 0:
        return None
    # Order by a hash of the id: a draw that adding or removing other documents does not reshuffle.
    rows = sorted(table.iter_rows(), key=lambda row: _draw(seed, row[0]))
    taken = 0
    total = 0
    for _, text, _ in rows:
        size = len(text.encode("utf-8"))
        if taken and total + size > max_bytes:
            break
        taken, total = taken + 1, total + size
    return EvaluationSet(
        texts=[row[1] for row in rows[:taken]],
        sources=sorted({row[2] for row in rows[:taken]}),
        left_out=len(rows) - taken,
    )


@dataclass(frozen=True)
class TrainingText:
    """The training text, language after language in the order given."""

    corpus: Path
    languages: Sequence[str]

    def total_bytes(self) -> int:
        """UTF-8 bytes of all training documents."""
        return sum(self._bytes(language) for language in self.languages)

    def documents(self, max_bytes: int) -> Iterator[str]:
        """Training documents in the corpus's order.

        Where they would pass `max_bytes`, each language gives the same part of its text.
        """
        import polars as pl

        total = self.total_bytes()
        for language in self.languages:
            if not self._path(language).exists():
                continue
            share = self._bytes(language) * min(1.0, max_bytes / max(total, 1))
            for text in pl.read_parquet(self._path(language), columns=["text"])["text"]:
                share -= len(text.encode("utf-8"))
                if share < 0:
                    break
                yield text

    def _path(self, language: str) -> Path:
        return self.corpus / "train" / f"{language}.parquet"

    def _bytes(self, language: str) -> int:
        import polars as pl

        if not self._path(language).exists():
            return 0
        size = pl.scan_parquet(self._path(language)).select(pl.col("text").str.len_bytes().sum())
        return int(size.collect().item() or 0)


def require_held_out(sets: dict[tuple[Split, str], EvaluationSet]) -> None:
    """Raises DataError where there is nothing at all to measure on."""
    if not any(split == "held_out" for split, _ in sets):
        raise DataError(
            "evaluate.no-held-out",
            "the corpus holds no held-out text in any language of the recipe",
            where="corpus artifact, folder held_out",
            remedy="Raise corpus.held_out_fraction or add documents with the split 'held_out'",
        )


def _draw(seed: int, document: str) -> bytes:
    return hashlib.sha256(f"{seed}:{document}".encode()).digest()
