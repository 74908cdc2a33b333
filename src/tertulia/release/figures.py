"""The figures of a card, read from what the evaluate stage left on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tertulia.errors import DataError

Split = Literal["held_out", "unseen"]
_SPLITS: tuple[Split, ...] = ("held_out", "unseen")
_SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Bits per byte with its 95 % interval; a constant, or a figure without one, has no bounds."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, kw_only=True)
class LanguageFigures:
    """One language's figures by model or baseline; what cannot be compared is left out."""

    language: str
    documents: int
    values: Mapping[str, Figure]


@dataclass(frozen=True, kw_only=True)
class SplitFigures:
    """All languages of one split, and the models and baselines in the order they are shown."""

    split: Split
    columns: Sequence[str]
    rows: Sequence[LanguageFigures]


def read_figures(results: Mapping[str, Any]) -> list[SplitFigures]:
    """The splits of `results.json` that hold anything.

    Raises DataError `release.results-schema` for results that another version wrote.
    """
    if results.get("schema") != _SCHEMA:
        raise DataError(
            "release.results-schema",
            f"the evaluation is written in schema {results.get('schema')!r}, not {_SCHEMA}",
            where="results.json",
            remedy="Run the recipe again from the evaluate stage",
        )
    splits: Mapping[str, Mapping[str, Any]] = results.get("splits", {})
    return [_split(name, splits[name]) for name in _SPLITS if splits.get(name)]


def _split(name: Split, languages: Mapping[str, Any]) -> SplitFigures:
    rows = [_row(language, row) for language, row in languages.items()]
    columns = list(dict.fromkeys(column for row in rows for column in row.values))
    return SplitFigures(split=name, columns=columns, rows=rows)


def _row(language: str, row: Mapping[str, Any]) -> LanguageFigures:
    measured = {**row.get("models", {}), **row.get("baselines", {})}
    values = {
        name: Figure(value=one["bits_per_byte"], low=one.get("ci_low"), high=one.get("ci_high"))
        for name, one in measured.items()
        if one.get("bits_per_byte") is not None
    }
    return LanguageFigures(language=language, documents=row["documents"], values=values)
