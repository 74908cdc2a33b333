"""Tries thresholds: good documents kept per register, planted bad ones caught per kind.

Ours beside the published English rules, on the same texts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from scripts.quality.bounds import bounds, grouped, judged_as_documents, register_extremes
from scripts.quality.corpora import MEBIBYTE
from scripts.quality.good_text import good_frames, measured
from scripts.quality.planted import planted
from scripts.quality.published_rules import RULES
from tertulia.corpus.quality.decision import quality_decision
from tertulia.languages import LANGUAGES
from tertulia.recipe.quality_spec import SIGNALS, QualitySpec

PER_REGISTER = 15
"""Documents of a register that the plain Python rules are asked about."""
LONGEST = 20_000
"""Characters; the plain rules take seconds for a novel."""


def good_text(corpus: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Signals of all good text, and texts of up to PER_REGISTER documents per register.

    The second frame has the text and one truth per published rule set: whether it keeps the text.
    """
    signals, sample = [], []
    for frame in good_frames(corpus, 2 * MEBIBYTE):
        with_signals = measured(frame)
        signals.append(with_signals.drop("text"))
        if frame["form"][0] != "sentence":
            documents = judged_as_documents(with_signals).filter(
                pl.col("text").str.len_chars() <= LONGEST
            )
            chosen = documents.sample(min(PER_REGISTER, len(documents)), seed=0)
            sample.append(_with_rules(chosen))
    return pl.concat(signals), pl.concat(sample)


def _with_rules(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.Series(name, [rule(text) for text in frame["text"]], dtype=pl.Boolean)
        for name, rule in RULES.items()
    )


def kept(frame: pl.DataFrame) -> pl.Series:
    """Whether the default decision keeps each row."""
    return quality_decision(QualitySpec()).apply(frame)["dropped"].is_null().alias("kept")


def by_register(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Columns language, group, kept: the mean of a truth per register."""
    return grouped(frame).group_by("language", "group").agg(pl.col(column).mean().alias("kept"))


def without_each_register(signals: pl.DataFrame) -> pl.DataFrame:
    """Kept share of each register of documents under bounds measured on all others."""
    documents = grouped(judged_as_documents(signals))
    extremes = register_extremes(documents, SIGNALS)
    rows = []
    for (language, group), part in documents.group_by(["language", "group"]):
        others = extremes.filter((pl.col("group") != group) | (pl.col("language") != language))
        outside = pl.lit(value=False)
        for signal, sides in bounds(others, str(language)).items():
            value = pl.col(f"quality.{signal}")
            for side, limit in sides.items():
                beyond = value < limit if side == "min" else value > limit
                outside = outside | beyond.fill_null(value=False)
        rows.append((language, group, 1 - part.select(outside.alias("x"))["x"].mean()))
    return pl.DataFrame(rows, schema=["language", "group", "kept"], orient="row")


def bad_text(sample: pl.DataFrame) -> pl.DataFrame:
    """Planted documents: kind, language, whether ours and each published rule set keep them."""
    draw = random.Random(0)
    words = pl.col("quality.words")
    good = {}
    for tag in LANGUAGES:
        rows = sample.filter((pl.col("language") == tag) & words.is_between(150, 600))
        good[tag] = draw.choices(rows["text"].to_list(), k=200)
    spoilt = pl.DataFrame(list(_spoilt(good)), schema=["kind", "language", "text"], orient="row")
    frame = _with_rules(measured(spoilt))
    return frame.with_columns(kept(frame))


def _spoilt(good: dict[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    for kind, tag, text in planted(good):
        # A Basque text without a letter beyond ASCII comes through a wrong decoding unharmed.
        if text not in good[tag]:
            yield kind, tag, text
