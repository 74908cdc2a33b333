"""Bits per byte of a finished run: its base model against xz, a 5-gram and uniform bytes.

Nothing is measured here: the figures are those of the run's evaluation (`results.json`), with 95 %
intervals from its bootstrap over documents. A difference is the model's less the baseline's on the
same documents: an interval below 0 is a model that is better beyond chance.

    python -m benchmarks.bits_per_byte [--run runs/quickstart] [--quick]

Traps. xz and uniform bytes have no interval of their own. The 5-gram counts the tokens that
pretraining read, each once; xz is primed with as much training text as its window holds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from tertulia.store.find import latest_artifacts

NAMES = {"xz": "xz", "kneser-ney": "5-gram", "uniform": "uniform"}


def figure(row: dict[str, Any]) -> str:
    """`value (low to high)`, without what is not known."""
    if row["bits_per_byte"] is None:
        return "not comparable"
    value = f"{row['bits_per_byte']:.3f}"
    if row["ci_low"] is None:
        return value
    return f"{value} ({row['ci_low']:.3f} to {row['ci_high']:.3f})"


def difference(row: dict[str, float] | None) -> str:
    """Model less baseline, with its interval."""
    if row is None:
        return ""
    return f"{row['difference']:+.3f} ({row['ci_low']:+.3f} to {row['ci_high']:+.3f})"


def lines_of(results: dict[str, Any]) -> list[str]:
    """The section: one table of values and one of differences, both splits in each."""
    baselines = [name for name in NAMES if name in results["baselines"]]
    values, differences = [], []
    for split, languages in results["splits"].items():
        for language, row in languages.items():
            base = row["models"]["base"]
            figures = [row["baselines"][name] for name in baselines]
            label = f"{split}, {language}"
            values.append(
                [label, f"{row['bytes']:,}", figure(base), *(figure(found) for found in figures)]
            )
            differences.append(
                [label, *(difference(base["against"].get(name)) for name in baselines)]
            )
    heads = [NAMES[name] for name in baselines]
    return [
        f"{results['model']['parameters']:,} parameters, {results['training']['tokens_seen']:,} "
        "tokens of pretraining; base model.",
        "",
        *table(["split, language", "bytes", "base model", *heads], values),
        "",
        *table(["base model less", *heads], differences),
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--run", type=Path, default=Path("runs/quickstart"))
    arguments = options.parse_args()
    load = begin()
    folder = latest_artifacts(arguments.run).get("evaluate")
    if folder is None:
        options.error(f"{arguments.run} has no finished evaluation: run the recipe first")
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    title = "Bits per byte of the quickstart"
    publish(arguments, "bits-per-byte", title, lines_of(results), load=load)


if __name__ == "__main__":
    main()
