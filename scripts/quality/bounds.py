"""Bounds from the signals of good text: what the worst register still needs."""

from __future__ import annotations

import math

import polars as pl

from tertulia.corpus.quality.thresholds import LANGUAGE_SIGNALS
from tertulia.recipe.quality_spec import SIGNALS, QualitySpec

TAIL = 0.01
"""Share of a register's documents that one bound of one signal may lose."""
SPARE = 2
"""Documents of a register that it may lose even where TAIL is less: single documents that went
wrong (an empty page, a table) must not set the bound for everything."""
LEAST_DOCUMENTS = 100
"""Registers with fewer are put together, per language and form."""
MINIMUM_ONLY = {"words", "sentences", "alphabetic_word_share", "punctuated_line_share",
                "function_words"}  # fmt: skip
MARGIN = 1.25
"""Factor by which bounds on LANGUAGE_SIGNALS reach beyond the registers at hand, set by hand: in
most languages here no register is a children's story or a newspaper, and those must stay too."""
FAMILY = {"ca": ("ca", "ca-valencia"), "ca-valencia": ("ca", "ca-valencia")}
"""Whose registers tell what is normal in a language."""
GRACE = {
    "mojibake_share": 0.002,
    "lost_character_share": 0.002,
    "entity_share": 0.002,
    "broken_geminate_share": 0.002,
    "calque_share": 0.005,
    "boilerplate_share": 0.005,
    "doubled_function_word_share": 0.005,
}
"""What is never too much, set by hand: good text has so little of these that its 99 % quantile is
often 0, and one stray character must not cost a long document."""
SENTENCE_GRACE = GRACE | {
    "url_share": 0.5,
    "tag_share": 0.1,
    "loop_share": 0.3,
    "boilerplate_share": 0.05,
}
"""In a sentence of ten words one address or tag is much; it may stay."""
BOTH = {"mean_word_length", "function_word_share", "accented_letter_share", "lix", "inflesz"}
UNBOUNDED = {"lines"}
SENTENCE_SIGNALS = (
    "mojibake_share", "lost_character_share", "entity_share", "tag_share", "broken_geminate_share",
    "mean_word_length", "alphabetic_word_share", "symbol_word_ratio", "digit_share", "url_share",
    "brace_share", "boilerplate_share", "top_2gram_share", "duplicate_5gram_share", "loop_share",
)  # fmt: skip
"""What a single sentence can show."""


def grouped(signals: pl.DataFrame) -> pl.DataFrame:
    """The frame with a column `group`: the register, or `small registers` of the form."""
    sizes = pl.len().over("language", "register", "form")
    small = pl.format("small registers ({})", "form")
    named = pl.format("{} ({})", "register", "form")
    return signals.with_columns(
        pl.when(sizes < LEAST_DOCUMENTS).then(small).otherwise(named).alias("group")
    )


def judged_as_documents(signals: pl.DataFrame) -> pl.DataFrame:
    """Documents and paragraphs that the profile `auto` does not take for a sentence.

    Those with more function words of English than of their own language are untranslated (8 of
    432 pages of Basque desktop help): no good text of the language.
    """
    sentence = (pl.col("quality.words") < QualitySpec().sentence_words) & (
        pl.col("quality.lines") <= 1
    )
    untranslated = (
        pl.col("quality.english_word_share") > pl.col("quality.function_word_share")
    ).fill_null(value=False)
    return signals.filter((pl.col("form") != "sentence") & ~sentence & ~untranslated)


def register_extremes(signals: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Columns language, group, signal, low, high: what each register needs."""
    rows = []
    for (language, group), part in grouped(signals).group_by(
        ["language", "group"], maintain_order=True
    ):
        for name in names:
            values = part[f"quality.{name}"].drop_nulls().sort()
            if len(values):
                skip = min(max(math.ceil(TAIL * len(values)), SPARE), (len(values) - 1) // 2)
                low, high = float(values[skip]), float(values[-1 - skip])
                rows.append((language, group, name, low, high))
    return pl.DataFrame(rows, schema=["language", "group", "signal", "low", "high"], orient="row")


def bounds(
    extremes: pl.DataFrame,
    language: str,
    names: tuple[str, ...] = SIGNALS,
    grace: dict[str, float] = GRACE,
) -> dict[str, dict[str, float]]:
    """Signal to min and max for `language`.

    Signals of layout take the registers of all languages, since which registers are at hand
    differs more than how their layout does; LANGUAGE_SIGNALS take the language's own (those of
    Catalan and Valencian stand together) and reach MARGIN beyond.
    """
    found: dict[str, dict[str, float]] = {}
    for name in names:
        rows = extremes.filter(pl.col("signal") == name)
        if name in LANGUAGE_SIGNALS:
            rows = rows.filter(pl.col("language").is_in(FAMILY.get(language, (language,))))
        if not len(rows) or name in UNBOUNDED:
            continue
        sides: dict[str, float] = {}
        if name in MINIMUM_ONLY or name in BOTH:
            sides["min"] = _outward(_beyond(name, rows["low"].min(), down=True), down=True)
        if name not in MINIMUM_ONLY:
            measured = _outward(_beyond(name, rows["high"].max(), down=False), down=False)
            sides["max"] = max(measured, grace.get(name, 0.0))
        sides = {side: value for side, value in sides.items() if not _empty(name, side, value)}
        if sides:
            found[name] = sides
    return found


def _empty(name: str, side: str, value: float) -> bool:
    """Whether a bound binds nothing: good registers already take the whole range of a share."""
    share = name.endswith("_share")
    return (side == "min" and value <= 0 and name != "inflesz") or (
        side == "max" and share and value >= 1
    )


def _beyond(name: str, value: object, *, down: bool) -> float:
    """`value` with the margin of signals that depend on the language."""
    assert isinstance(value, float)
    if name not in LANGUAGE_SIGNALS:
        return value
    return value * (MARGIN if down == (value < 0) else 1 / MARGIN)


def _outward(value: float, *, down: bool) -> float:
    """Rounded to four decimals, away from the good text."""
    scaled = value * 10_000
    return (math.floor(scaled) if down else math.ceil(scaled)) / 10_000
