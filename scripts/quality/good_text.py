"""Signals of good text by register: documents, joined sentences, single sentences.

A register of sentences is measured twice: every row by itself, which the profile `sentences` is
for, and twenty rows in a paragraph, because for some languages hardly any documents are at hand
(Valencian has three registers of them, all software help). Interface messages are left out of
the paragraphs: nobody wrote twenty of them to be read together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from scripts.quality.corpora import MEBIBYTE, Register, registers, texts
from tertulia.corpus.normalise import normalise
from tertulia.corpus.quality.signals import quality_signals

JOINED = 20
"""Sentences that make one paragraph."""


def good_frames(corpus: Path, max_bytes: int = 4 * MEBIBYTE) -> Iterator[pl.DataFrame]:
    """Per register: columns text, language, register, form (document, paragraph or sentence)."""
    for register in registers(corpus):
        rows = list(texts(register, max_bytes))
        if register.unit == "sentence":
            yield _frame(register, rows, "sentence")
            if "interface messages" in register.kind:
                continue
            rows = [" ".join(rows[at : at + JOINED]) for at in range(0, len(rows), JOINED)]
            yield _frame(register, rows, "paragraph")
        else:
            yield _frame(register, rows, "document")


def _frame(register: Register, rows: list[str], form: str) -> pl.DataFrame:
    frame = normalise().apply(pl.DataFrame({"text": rows}, schema={"text": pl.String}))
    return frame.filter(pl.col("dropped").is_null()).select(
        "text",
        pl.lit(register.language).alias("language"),
        pl.lit(register.name).alias("register"),
        pl.lit(form).alias("form"),
    )


def measured(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns `quality.X`."""
    return quality_signals().apply(frame).drop("dropped")
