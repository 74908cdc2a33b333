"""The tables of what a continued model gained and lost, for the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tertulia.evaluate.report_tables import Cell, Row, Table, model_name
from tertulia.evaluate.report_words import autonym, written
from tertulia.messages import tr


def forgetting_tables(forgetting: Mapping[str, Any] | None) -> list[Table]:
    """A table a split: languages by the base and each model after it; none without a base."""
    if forgetting is None:
        return []
    captions = {"held_out": tr("Held-out text"), "unseen": tr("Sources never trained on")}
    return [_table(captions[split], rows) for split, rows in forgetting["splits"].items() if rows]


def change_text(change: float) -> str:
    """A change in per cent with its sign, in the reader's writing of numbers."""
    sign = "+" if change >= 0 else "\N{MINUS SIGN}"
    return f"{sign}{written(abs(change), 1)} %"


def _table(caption: str, rows: Mapping[str, Any]) -> Table:
    models = list(next(iter(rows.values()))["after"])
    columns = [tr("Language"), tr("Before"), *map(model_name, models)]
    return Table(
        caption,
        columns,
        [
            Row(autonym(tag), [_before(row), *map(_after, row["after"].values())], lang=tag)
            for tag, row in rows.items()
        ],
    )


def _before(row: Mapping[str, Any]) -> Cell:
    return Cell("–" if row["before"] is None else written(row["before"], 3))


def _after(change: Mapping[str, float] | None) -> Cell:
    if change is None:
        return Cell("–")
    interval = f"[{change_text(change['ci_low'])}, {change_text(change['ci_high'])}]"
    return Cell(
        f"{written(change['bits_per_byte'], 3)} ({change_text(change['change_percent'])})", interval
    )
