"""Quality signals: megabytes per second of one core, good text kept and bad text caught.

python -m benchmarks.quality_signals

The good text is the catalogued corpus, register by register; the bad documents are those of
scripts/quality/planted.py, fixed by their generator. The published English rules judge the same
documents (up to 15 a register and 20,000 characters each, as they run in plain Python).
"""

from __future__ import annotations

import os

# One core is measured; the threads of Polars are set when it is imported.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import spread, table
from scripts.quality.corpora import MEBIBYTE, registers, texts
from scripts.quality.published_rules import RULES
from scripts.quality.trial import bad_text, by_register, good_text, kept, without_each_register
from tertulia.corpus.quality.decision import quality_decision
from tertulia.corpus.quality.signals import quality_signals
from tertulia.languages import LANGUAGES
from tertulia.recipe.quality_spec import SIGNALS, QualitySpec

CORPUS = Path("../shared/data/corpus")
TIMED = (
    ("es", "parlamint-es"),
    ("es", "legalize-pe_peru-law"),
    ("eu", "klasikoen-gordailua"),
    ("eu", "common-voice-sentences"),
    ("gl", "sli-ctg_technical"),
)
REPEATS = 3


def main() -> None:
    arguments = parser(__doc__).parse_args()
    load = begin()
    speed = _speed(arguments)
    signals, sample = good_text(CORPUS)
    bad = bad_text(sample)
    lines = [*speed, "", *_good(signals, sample), "", *_bad(bad)]
    publish(
        arguments,
        "quality-signals",
        "Quality signals: speed, good text kept, bad text caught",
        lines,
        load=load,
        packages=("polars", "numpy"),
    )


def _speed(arguments: argparse.Namespace) -> list[str]:
    parts = {}
    for register in registers(CORPUS):
        if (register.language, register.name) in TIMED:
            rows = list(texts(register, 8 * MEBIBYTE))
            frame = pl.DataFrame({"text": rows})
            parts[register.name] = frame.with_columns(pl.lit(register.language).alias("language"))
    measure, decide = quality_signals().apply, quality_decision(QualitySpec()).apply
    rows = []
    for name, frame in {"all together": pl.concat(list(parts.values())), **parts}.items():
        size = int(frame["text"].str.len_bytes().sum())
        measured = measure(frame)
        repeats = 1 if arguments.quick else REPEATS
        times = [_seconds(measure, frame) for _ in range(repeats)]
        decisions = [_seconds(decide, measured) for _ in range(repeats)]
        rows.append(
            (
                name,
                f"{len(frame):,}",
                spread([size / seconds / 1e6 for seconds in times], ".1f"),
                spread([len(frame) / seconds for seconds in times], ",.0f"),
                spread([len(frame) / seconds for seconds in decisions], ",.0f"),
            )
        )
    head = ("text", "documents", "signals, MB/s", "signals, documents/s", "decision, documents/s")
    return [
        f"All {len(SIGNALS)} signals on one core, per second of processor time: median (min "
        f"to max) of {REPEATS} runs.",
        "",
        *table(head, rows),
    ]


def _seconds(apply: Callable[[pl.DataFrame], pl.DataFrame], frame: pl.DataFrame) -> float:
    """Seconds of processor time: one thread works, and other programs share the machine."""
    start = time.process_time()
    apply(frame)
    return time.process_time() - start


def _good(signals: pl.DataFrame, sample: pl.DataFrame) -> list[str]:
    """Share of good documents kept: mean over registers and the worst one."""
    everything = signals.with_columns(kept(signals))
    documents = everything.filter(pl.col("form") != "sentence")
    judges: dict[str, pl.DataFrame] = {
        "ours, documents": by_register(documents, "kept"),
        "ours, registers left out one by one": without_each_register(signals),
        "ours, single sentences": by_register(
            everything.filter(pl.col("form") == "sentence"), "kept"
        ),
        "ours, the English rules' sample": by_register(sample.with_columns(kept(sample)), "kept"),
        **{f"English {name}": by_register(sample, name) for name in RULES},
        "English rules, all": by_register(
            sample.with_columns(pl.all_horizontal(list(RULES)).alias("all")), "all"
        ),
    }
    rows = [
        (name, *(_mean_and_worst(found, tag) for tag in LANGUAGES))
        for name, found in judges.items()
    ]
    return [
        "Good documents kept, in percent: mean over registers / worst register. Each register "
        "may lose 1 % under every single bound, hence a few in all.",
        "",
        *table(("rules", *LANGUAGES), rows),
        "",
        *_worst_registers(judges["ours, documents"]),
    ]


def _mean_and_worst(found: pl.DataFrame, tag: str) -> str:
    shares = found.filter(pl.col("language") == tag)["kept"]
    if not len(shares):
        return "none"
    return f"{_percent(shares.mean())} / {_percent(shares.min())}"


def _worst_registers(found: pl.DataFrame) -> list[str]:
    rows = [
        (f"{row['language']}, {row['group']}", _percent(row["kept"]))
        for row in found.sort("kept", "language", "group").head(8).iter_rows(named=True)
    ]
    return ["The registers that lose most.", "", *table(("register", "kept, %"), rows)]


def _bad(bad: pl.DataFrame) -> list[str]:
    """Share of planted documents caught, by kind."""
    bad = bad.with_columns(pl.all_horizontal(list(RULES)).alias("all"))
    rows = []
    for (kind,), part in bad.group_by(["kind"], maintain_order=True):
        ours = [
            _percent(1 - _mean(part.filter(pl.col("language") == t), "kept")) for t in LANGUAGES
        ]
        theirs = [
            _percent(1 - _mean(part, name))
            for name in ("Gopher quality", "Gopher repetition", "C4", "FineWeb", "all")
        ]
        rows.append((str(kind), *ours, *theirs))
    head = (
        "kind",
        *LANGUAGES,
        "Gopher quality*",
        "Gopher repetition*",
        "C4*",
        "FineWeb*",
        "all four*",
    )
    return [
        "Planted bad documents caught, in percent. Ours by language; the English rules (*) over "
        "all five, to be read beside how much good text they drop.",
        "",
        *table(head, rows),
    ]


def _mean(frame: pl.DataFrame, column: str) -> float:
    return float(frame.select(pl.col(column).mean()).item() or 0)


def _percent(share: object) -> str:
    assert isinstance(share, float)
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
