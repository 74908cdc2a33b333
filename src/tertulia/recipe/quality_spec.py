"""`[corpus.quality]`: which measured signals drop a document, and at which values."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from tertulia.languages import LANGUAGES
from tertulia.recipe.section import Section

SIGNALS = (
    "words",
    "sentences",
    "lines",
    "mojibake_share",
    "lost_character_share",
    "entity_share",
    "tag_share",
    "broken_geminate_share",
    "mean_word_length",
    "alphabetic_word_share",
    "symbol_word_ratio",
    "digit_share",
    "uppercase_share",
    "url_share",
    "brace_share",
    "boilerplate_share",
    "duplicate_line_share",
    "duplicate_line_character_share",
    "duplicate_paragraph_share",
    "duplicate_paragraph_character_share",
    "top_2gram_share",
    "top_3gram_share",
    "top_4gram_share",
    "duplicate_5gram_share",
    "duplicate_10gram_share",
    "loop_share",
    "bullet_line_share",
    "ellipsis_line_share",
    "punctuated_line_share",
    "short_line_share",
    "line_word_ratio",
    "function_words",
    "function_word_share",
    "doubled_function_word_share",
    "english_word_share",
    "neighbour_word_share",
    "calque_share",
    "accented_letter_share",
    "lix",
    "inflesz",
)
"""Every signal, in the order in which a decision asks: damage first, so that a broken text is
called broken and not, say, short of function words."""


class Threshold(Section):
    """A document stays while `min <= value <= max`; a bound left out does not bind."""

    min: float | None = None
    """Least value that stays."""
    max: float | None = None
    """Greatest value that stays."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is greater than max {self.max}")
        return self


def _kind(value: Any) -> str:
    """Whether a value of `thresholds` bounds a signal, or names signals of one language."""
    inside = list(value.values()) if isinstance(value, dict) else []
    tables = inside and all(isinstance(bounds, dict | Threshold) for bounds in inside)
    return "language" if tables else "signal"


_Bounds = Annotated[
    Annotated[Threshold, Tag("signal")] | Annotated[dict[str, Threshold], Tag("language")],
    Discriminator(_kind),
]


class QualitySpec(Section):
    """Which documents are good enough; the defaults are measured on good text per language."""

    profile: Literal["auto", "documents", "sentences", "none"] = "auto"
    """`documents` asks everything; `sentences` leaves out what a sentence cannot show (length,
    lines, language shares); `auto` takes the latter for a text of one line with fewer than
    `sentence_words` words; `none` asks only what `thresholds` names."""
    sentence_words: int = Field(default=50, ge=0)
    """Words below which `auto` judges a text of one line as a sentence."""
    thresholds: dict[str, _Bounds] = Field(default_factory=dict)
    """Replaces the measured bounds of a signal, `words = {min = 100}`, in every language and
    profile, or in one language, `ca-valencia = {words = {min = 80}}`; `{}` lifts them."""

    @property
    def asks(self) -> bool:
        """Whether any document can be dropped by it."""
        return self.profile != "none" or bool(self.thresholds)

    @field_validator("thresholds")
    @classmethod
    def _known_signals(
        cls, value: dict[str, Threshold | dict[str, Threshold]]
    ) -> dict[str, Threshold | dict[str, Threshold]]:
        found: dict[str, Threshold | dict[str, Threshold]] = {}
        for name, bounds in value.items():
            _check_signal(name, (*SIGNALS, *LANGUAGES))
            # An empty table is either; the name tells which.
            empty = bounds in ({}, Threshold())
            if name in LANGUAGES:
                if isinstance(bounds, Threshold) and not empty:
                    raise ValueError(f"'{name}' is a language: name a signal below it")
                for signal in bounds if isinstance(bounds, dict) else ():
                    _check_signal(signal, SIGNALS)
                found[name] = {} if empty else bounds
            elif isinstance(bounds, dict) and not empty:
                raise ValueError(f"'{name}' is a signal: it holds min and max only")
            else:
                found[name] = Threshold() if empty else bounds
        return found


def _check_signal(name: str, known: tuple[str, ...]) -> None:
    if name in known:
        return
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean '{nearest[0]}'?" if nearest else ""
    raise ValueError(f"there is no quality signal '{name}'{hint}")
