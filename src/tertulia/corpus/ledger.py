"""The ledger: every document that a step dropped, by step, reason, language and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tertulia.corpus.document import NO_LANGUAGE
from tertulia.corpus.selection import LANGUAGE_NOT_WANTED
from tertulia.corpus.step import DROPPED
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

READ = "read"
FILE_NOT_READ = "file-not-read"

_CHOSEN = frozenset(
    {
        FILE_NOT_READ,
        LANGUAGE_NOT_WANTED,
        "licence-not-allowed",
        "opted-out",
        "po-fuzzy",
        "po-untranslated",
        "rights-reserved",
        "warc-no-page",
        "wiki-namespace",
        "wiki-no-article",
        "wiki-redirect",
    }
)
"""Reasons by which somebody or a rule decided: no sign of sources that are broken."""

_Key = tuple[str, str, str, str]


class Ledger:
    """Counts what goes into each step and what comes out, over all batches and workers."""

    def __init__(self, steps: Sequence[str] = ()) -> None:
        """`steps` fixes their order where workers report them one by one."""
        self._documents: Counter[_Key] = Counter()
        self._bytes: Counter[_Key] = Counter()
        self._in: dict[str, int] = dict.fromkeys(steps, 0)
        self._out: dict[str, int] = dict.fromkeys(steps, 0)

    def read(self, source: str, *, rows: int, lost: Mapping[str, tuple[int, int]] = {}) -> None:
        """Records rows that a source brought, and what could not be read of it.

        `lost` is reason -> (how many files or rows, their bytes).
        """
        self._pass(READ, rows + sum(count for count, _ in lost.values()), rows)
        for reason, (count, size) in lost.items():
            key = (READ, reason, NO_LANGUAGE, source)
            self._documents[key] += count
            self._bytes[key] += size

    def record(self, step: str, frame: pl.DataFrame, documents_in: int | None = None) -> None:
        """Records the result of a step: columns `dropped`, language, source, and text or bytes.

        `documents_in` is needed of a step that splits documents: it gives more than it got.
        """
        import polars as pl

        size = pl.col("bytes") if "bytes" in frame.columns else pl.col("text").str.len_bytes()
        lost = frame.filter(pl.col(DROPPED).is_not_null())
        self._pass(
            step, len(frame) if documents_in is None else documents_in, len(frame) - len(lost)
        )
        groups = lost.group_by(DROPPED, pl.col("language").fill_null(NO_LANGUAGE), "source").agg(
            pl.len().alias("documents"), size.cast(pl.Int64).sum().alias("size")
        )
        for reason, language, source, documents, size_sum in groups.iter_rows():
            key = (step, reason, language, source)
            self._documents[key] += documents
            self._bytes[key] += size_sum

    def add(self, content: Mapping[str, Any]) -> None:
        """Adds what another ledger counted, given as its `as_json()`."""
        for drop in content["drops"]:
            key = (drop["step"], drop["reason"], drop["language"], drop["source"])
            self._documents[key] += drop["documents"]
            self._bytes[key] += drop["bytes"]
        for entry in content["funnel"]:
            self._pass(entry["step"], entry["documents_in"], entry["documents_out"])

    def _pass(self, step: str, documents_in: int, documents_out: int) -> None:
        self._in[step] = self._in.get(step, 0) + documents_in
        self._out[step] = self._out.get(step, 0) + documents_out

    def check(self, max_drop_fraction: float) -> None:
        """Raises DataError `corpus.dropped-too-much` for a step that dropped more than the bound.

        What somebody chose to leave out (languages, licences, opt-outs) is no loss.
        """
        for step, documents_in in self._in.items():
            reasons = self._reasons(step)
            chosen = sum(reasons.pop(reason, 0) for reason in _CHOSEN)
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

    def why(self) -> str:
        """In words for a message: how many documents went, and for which reasons."""
        drops = self.drops()
        return ", ".join(f"{n} {reason}" for reason, n in drops.items()) or "the sources are empty"

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
