"""The ledger: every document that a step dropped, by step, reason, language and source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tertulia.corpus.document import NO_LANGUAGE
from tertulia.corpus.selection import LANGUAGE_NOT_WANTED
from tertulia.corpus.step import DROPPED
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

READ = "read"
FILE_NOT_READ = "file-not-read"

_Key = tuple[str, str, str, str]


class Ledger:
    """Counts what goes into each step and what comes out, over all batches."""

    def __init__(self) -> None:
        self._documents: Counter[_Key] = Counter()
        self._bytes: Counter[_Key] = Counter()
        self._in: Counter[str] = Counter()
        self._out: Counter[str] = Counter()

    def read(self, source: str, *, rows: int, skipped: int = 0, skipped_bytes: int = 0) -> None:
        """Records rows that a source brought, and files of it that are of no readable kind."""
        self._in[READ] += rows + skipped
        self._out[READ] += rows
        if skipped:
            key = (READ, FILE_NOT_READ, NO_LANGUAGE, source)
            self._documents[key] += skipped
            self._bytes[key] += skipped_bytes

    def record(self, step: str, frame: pl.DataFrame) -> None:
        """Records the result of a step: columns `dropped`, language, source, and text or bytes."""
        import polars as pl

        size = pl.col("bytes") if "bytes" in frame.columns else pl.col("text").str.len_bytes()
        lost = frame.filter(pl.col(DROPPED).is_not_null())
        self._in[step] += len(frame)
        self._out[step] += len(frame) - len(lost)
        groups = lost.group_by(DROPPED, pl.col("language").fill_null(NO_LANGUAGE), "source").agg(
            pl.len().alias("documents"), size.cast(pl.Int64).sum().alias("size")
        )
        for reason, language, source, documents, size_sum in groups.iter_rows():
            key = (step, reason, language, source)
            self._documents[key] += documents
            self._bytes[key] += size_sum

    def check(self, max_drop_fraction: float) -> None:
        """Raises DataError `corpus.dropped-too-much` for a step that dropped more than the bound.

        Languages that the recipe does not ask for are a choice and no loss: they do not count.
        """
        for step, documents_in in self._in.items():
            reasons = self._reasons(step)
            chosen = reasons.pop(LANGUAGE_NOT_WANTED, 0) + reasons.pop(FILE_NOT_READ, 0)
            lost, considered = sum(reasons.values()), documents_in - chosen
            if considered and lost / considered > max_drop_fraction:
                detail = ", ".join(f"{n} {reason}" for reason, n in reasons.most_common())
                raise DataError(
                    "corpus.dropped-too-much",
                    f"the step '{step}' dropped {lost} of {considered} documents ({detail}), "
                    f"more than the {max_drop_fraction:.0%} that the recipe allows",
                    where=f"sources {self._sources(step)}",
                    remedy="Mend the sources, or raise corpus.max_drop_fraction",
                )

    def drops(self) -> dict[str, int]:
        """Reason -> documents, over all steps."""
        totals: Counter[str] = Counter()
        for (_, reason, _, _), documents in self._documents.items():
            totals[reason] += documents
        return dict(sorted(totals.items()))

    def as_json(self) -> dict[str, Any]:
        """The content of `ledger.json`; steps in their order, drops sorted within a step."""
        place = {step: number for number, step in enumerate(self._in)}
        return {
            "schema": 1,
            "drops": [
                {
                    **dict(zip(("step", "reason", "language", "source"), key, strict=True)),
                    "documents": self._documents[key],
                    "bytes": self._bytes[key],
                }
                for key in sorted(self._documents, key=lambda key: (place[key[0]], key))
            ],
            "funnel": [
                {"step": step, "documents_in": n, "documents_out": self._out[step]}
                for step, n in self._in.items()
            ],
        }

    def _reasons(self, step: str) -> Counter[str]:
        reasons: Counter[str] = Counter()
        for (name, reason, _, _), documents in self._documents.items():
            if name == step:
                reasons[reason] += documents
        return reasons

    def _sources(self, step: str) -> str:
        return ", ".join(sorted({key[3] for key in self._documents if key[0] == step}))
