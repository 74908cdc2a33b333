"""The step `personal-data`: replaces personal data and counts what it replaced.

Adds `personal-data.replaced` and one column for each kind, all Int32. Drops nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tertulia.corpus.personal_data.find import detectors_of
from tertulia.corpus.personal_data.finding import KINDS, Detector
from tertulia.corpus.personal_data.redact import kinds_of, redact_with
from tertulia.corpus.step import DROPPED, Step
from tertulia.recipe.personal_data_spec import PersonalDataSpec

if TYPE_CHECKING:
    import polars as pl

NAME = "personal-data"


def personal_data(spec: PersonalDataSpec) -> Step:
    """The step for what `spec` wants replaced."""
    return Step(name=NAME, version=1, apply=partial(_apply, kinds_of(spec)))


def _apply(kinds: Collection[str], frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    detectors = detectors_of(kinds)
    texts: dict[int, str] = {}
    counts: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}
    for row, numbers, lines, tried in _candidates(frame["text"], detectors):
        changed: dict[int, str] = {}
        for number, line, indices in zip(numbers, lines, tried, strict=True):
            redacted, found = redact_with([detectors[index] for index in indices], line)
            if found:
                changed[number] = redacted
            for kind, replaced in found.items():
                counts[kind][row] = counts[kind].get(row, 0) + replaced
        if changed:
            whole = frame["text"][row].split("\n")
            for number, line in changed.items():
                whole[number] = line
            texts[row] = "\n".join(whole)
    rows = pl.Series(list(texts), dtype=pl.UInt32)
    text = frame["text"].scatter(rows, list(texts.values())) if texts else frame["text"]
    columns = [_filled(len(frame), counts[kind]).alias(f"{NAME}.{kind}") for kind in KINDS]
    return frame.with_columns(
        text,
        pl.sum_horizontal(columns).cast(pl.Int32).alias(f"{NAME}.replaced"),
        *columns,
        pl.lit(None, pl.String).alias(DROPPED),
    )


def _candidates(
    text: pl.Series, detectors: Sequence[Detector]
) -> list[tuple[int, list[int], list[str], list[list[int]]]]:
    """Row, and of its lines that a sieve holds back: number, text, indices of those detectors.

    No form spans a line break, so a line is redacted as it would be within its document. A
    placeholder holds nothing that a sieve looks for, so the detectors stay those of the start.
    """
    import polars as pl

    if not detectors:
        return []
    line = pl.col("text").str
    occurs = line.contains("|".join(detector.sieve for detector in detectors))
    tried = pl.concat_list(
        pl.when(line.contains(detector.sieve)).then(pl.lit(index, pl.Int32))
        for index, detector in enumerate(detectors)
    )
    lines = (
        pl.DataFrame({"text": text})
        .with_row_index("row")
        .filter(occurs)
        .with_columns(line.split("\n"))
        .with_columns(pl.int_ranges(pl.col("text").list.len()).alias("line"))
        .explode("text", "line")
        .filter(occurs)
        .with_columns(tried.list.drop_nulls().alias("tried"))
        .group_by("row", maintain_order=True)
        .agg("line", "text", "tried")
    )
    return lines.rows()


def _filled(height: int, values: dict[int, int]) -> pl.Series:
    """A column that is nought but where `values` says."""
    import polars as pl

    column = pl.zeros(height, pl.Int32, eager=True)
    return column.scatter(list(values), list(values.values())) if values else column
