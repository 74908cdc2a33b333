"""Measures the default thresholds of each language and writes them as shipped.

python -m scripts.quality.measure CORPUS

Documents and sentences have bounds of their own; see bounds.py for the rule. Run again whenever a
signal changes: the step's version goes up with it. Takes about a minute and a half on one core.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from scripts.quality.bounds import (
    GRACE,
    MARGIN,
    SENTENCE_GRACE,
    SENTENCE_SIGNALS,
    SPARE,
    TAIL,
    bounds,
    grouped,
    judged_as_documents,
    register_extremes,
)
from scripts.quality.good_text import good_frames, measured
from tertulia.languages import LANGUAGES
from tertulia.recipe.quality_spec import SIGNALS

FOLDER = Path(__file__).parents[2] / "src" / "tertulia" / "shipped" / "quality"

HEAD = """# Bounds of quality signals for {tag}; written by scripts/quality/measure.py, do not edit.
# Each register of good text keeps all but {tail:.0%} of its documents (or {spare} of them) under
# every single bound; signals that do not hang on the language take the registers of all five, the
# others reach {margin} times beyond their own, as not every kind of good text is at hand.
# The numbers are measurements, CC0-1.0; no text of a source is in this file.
# Registers of {tag} (documents measured):
{registers}
"""


def good_signals(corpus: Path) -> pl.DataFrame:
    """Signals of all good text, without the text itself."""
    return pl.concat([measured(frame).drop("text") for frame in good_frames(corpus)])


def thresholds_text(tag: str, signals: pl.DataFrame) -> str:
    """The shipped file of one language."""
    documents = judged_as_documents(signals)
    sentences = signals.filter(pl.col("form") == "sentence")
    counts = (
        grouped(pl.concat([documents, sentences]))
        .filter(pl.col("language") == tag)
        .group_by("group")
        .len()
        .sort("group")
    )
    registers = "\n".join(f"#   {name}: {count}" for name, count in counts.iter_rows())
    parts = [HEAD.format(tag=tag, tail=TAIL, margin=MARGIN, spare=SPARE, registers=registers)]
    for profile, frame, names, grace in (
        ("documents", documents, SIGNALS, GRACE),
        ("sentences", sentences, SENTENCE_SIGNALS, SENTENCE_GRACE),
    ):
        parts.append(f"[{profile}]")
        for signal, sides in bounds(register_extremes(frame, names), tag, names, grace).items():
            inside = ", ".join(f"{side} = {value:g}" for side, value in sides.items())
            parts.append(f"{signal} = {{ {inside} }}")
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    signals = good_signals(Path(sys.argv[1]))
    for tag in LANGUAGES:
        path = FOLDER / f"{tag}.thresholds.toml"
        path.write_text(thresholds_text(tag, signals), encoding="utf-8")
        print(path.name)


if __name__ == "__main__":
    main()
