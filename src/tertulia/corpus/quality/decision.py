"""The step `quality-thresholds`: drops by columns `quality.X` and `language`, never by text.

Signals are asked in the order of SIGNALS; the first that fails gives the reason. A signal that is
null (it needs word lists of a language that is not ours) is not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.quality.signals import PREFIX
from tertulia.corpus.quality.thresholds import OTHER, PROFILES, Bounds, bounds_of
from tertulia.corpus.step import DROPPED, Step
from tertulia.languages import LANGUAGES, known_base
from tertulia.recipe.quality_spec import SIGNALS, QualitySpec

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

VERSION = 1

REASONS: dict[str, tuple[str, str]] = {
    "words": ("too-few-words", "too-many-words"),
    "sentences": ("too-few-sentences", "too-many-sentences"),
    "lines": ("too-few-lines", "too-many-lines"),
    "mojibake_share": ("no-mojibake", "mojibake"),
    "lost_character_share": ("no-lost-characters", "lost-characters"),
    "entity_share": ("no-entities", "entities"),
    "tag_share": ("no-tags", "tags"),
    "broken_geminate_share": ("no-broken-geminates", "broken-geminates"),
    "mean_word_length": ("short-words", "long-words"),
    "alphabetic_word_share": ("few-alphabetic-words", "many-alphabetic-words"),
    "symbol_word_ratio": ("few-symbols", "symbols"),
    "digit_share": ("few-digits", "digits"),
    "uppercase_share": ("no-capitals", "capitals"),
    "url_share": ("few-addresses", "addresses"),
    "brace_share": ("few-braces", "braces"),
    "boilerplate_share": ("little-boilerplate", "boilerplate"),
    "duplicate_line_share": ("few-repeated-lines", "repeated-lines"),
    "duplicate_line_character_share": ("few-repeated-lines", "repeated-line-characters"),
    "duplicate_paragraph_share": ("few-repeated-paragraphs", "repeated-paragraphs"),
    "duplicate_paragraph_character_share": (
        "few-repeated-paragraphs",
        "repeated-paragraph-characters",
    ),
    "top_2gram_share": ("low-top-2gram", "top-2gram"),
    "top_3gram_share": ("low-top-3gram", "top-3gram"),
    "top_4gram_share": ("low-top-4gram", "top-4gram"),
    "duplicate_5gram_share": ("few-repeated-5grams", "repeated-5grams"),
    "duplicate_10gram_share": ("few-repeated-10grams", "repeated-10grams"),
    "loop_share": ("few-loops", "loops"),
    "bullet_line_share": ("few-bullets", "bullets"),
    "ellipsis_line_share": ("few-ellipses", "ellipses"),
    "punctuated_line_share": ("unpunctuated-lines", "punctuated-lines"),
    "short_line_share": ("long-lines", "short-lines"),
    "line_word_ratio": ("few-lines-per-word", "many-lines-per-word"),
    "function_words": ("too-few-function-words", "too-many-function-words"),
    "function_word_share": ("low-function-word-share", "high-function-word-share"),
    "doubled_function_word_share": ("few-doubled-words", "doubled-words"),
    "english_word_share": ("little-english", "english"),
    "neighbour_word_share": ("little-neighbour-language", "neighbour-language"),
    "calque_share": ("few-calques", "calques"),
    "accented_letter_share": ("missing-accents", "many-accents"),
    "lix": ("low-lix", "high-lix"),
    "inflesz": ("low-inflesz", "high-inflesz"),
}
"""Reason codes below the least and above the greatest value, after `quality-`."""


def quality_decision(spec: QualitySpec) -> Step:
    """Drops, with a reason per signal, what lies outside the bounds of its language and profile."""
    bounds = bounds_of(spec)

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import numpy as np
        import polars as pl

        groups = _groups(frame, spec)
        reason = np.zeros(len(frame), dtype=np.int64)
        codes: list[str | None] = [None]
        for signal in SIGNALS:
            least, most = _limits(bounds, signal)
            values = frame[PREFIX + signal].cast(pl.Float32).to_numpy()
            # A signal that is null is NaN here, and NaN is neither below nor above.
            for side, failing in enumerate((values < least[groups], values > most[groups])):
                codes.append(f"quality-{REASONS[signal][side]}")
                reason[failing & (reason == 0)] = len(codes) - 1
        dropped = pl.Series(DROPPED, codes, dtype=pl.String)[reason]
        return frame.with_columns(dropped)

    return Step(name="quality-thresholds", version=VERSION, apply=apply)


def _groups(frame: pl.DataFrame, spec: QualitySpec) -> NDArray[np.int64]:
    """Number of each document's (language, profile), as `_limits` orders them."""
    import numpy as np

    tags = [*LANGUAGES, OTHER]
    number_of = {tag: tags.index(known_base(tag) or OTHER) for tag in frame["language"].unique()}
    languages = np.fromiter(
        (number_of[tag] for tag in frame["language"]), dtype=np.int64, count=len(frame)
    )
    profile: NDArray[np.int64] = np.full(
        len(frame), PROFILES.index("sentences" if spec.profile == "sentences" else "documents")
    )
    if spec.profile == "auto":
        words, lines = frame[PREFIX + "words"].to_numpy(), frame[PREFIX + "lines"].to_numpy()
        profile[(words < spec.sentence_words) & (lines <= 1)] = PROFILES.index("sentences")
    return languages * len(PROFILES) + profile


def _limits(
    bounds: dict[tuple[str, str], Bounds], signal: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Least and greatest value of `signal` per group; float32 as the signals are."""
    import numpy as np

    least, most = [], []
    for tag in (*LANGUAGES, OTHER):
        for profile in PROFILES:
            threshold = bounds[tag, profile].get(signal)
            low = None if threshold is None else threshold.min
            high = None if threshold is None else threshold.max
            least.append(-np.inf if low is None else low)
            most.append(np.inf if high is None else high)
    return np.array(least, dtype=np.float32), np.array(most, dtype=np.float32)
