"""Normalises text: Unicode NFC, one kind of newline, no invisible characters, no loose ends.

Newlines of every system (and form feeds) become LF. Removed are control characters but tab and
LF, byte order marks, soft hyphens, zero-width spaces, word joiners and directional overrides;
joiners stay, since emoji need them. Spaces at ends of lines go, as do those around the text.
Normalising twice changes nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.step import DROPPED, Step

if TYPE_CHECKING:
    import polars as pl

EMPTY = "empty"

_NEWLINES = r"\r\n|[\r\x0b\x0c\u{85}\u{2028}\u{2029}]"
_INVISIBLE = (
    r"[\x00-\x08\x0e-\x1f\x7f-\u{9f}\u{ad}\u{200b}\u{2060}\u{feff}"
    r"\u{202a}-\u{202e}\u{2066}-\u{2069}]"
)
_LINE_ENDS = r"[\t\p{Zs}]+(\n|\z)"


def normalise() -> Step:
    """The step; reason `empty` for a text of which nothing is left."""
    return Step(name="normalise", version=1, apply=_apply)


def _apply(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    text = (
        pl.col("text")
        .str.replace_all(_NEWLINES, "\n")
        .str.replace_all(_INVISIBLE, "")
        # After the removals: what stood between a letter and its accent is gone.
        .str.normalize("NFC")
        .str.replace_all(_LINE_ENDS, "$1")
        .str.strip_chars()
    )
    return frame.with_columns(text).with_columns(
        pl.when(pl.col("text") == "").then(pl.lit(EMPTY)).otherwise(None).alias(DROPPED)
    )
