"""Bits per byte of a plain loop after some minutes of training: the baseline to beat.

6.6 million parameters and an 8k vocabulary, Muon, bfloat16, compiled (see `plain_training`), on
the quickstart's corpus and with its tokenizer at 8,192 entries, scored by tertulia's own scorer on
the quickstart's held-out and unseen text.

    python -m benchmarks.plain_loop [--quick] [--minutes 6] [--seed 0] [--runs DIR] [--json FILE]

Traps. The clock starts before torch is imported and runs through compiling, with an empty compile
cache. The peak rates are Muon's usual 0.02 and 0.01 for the rest, not ours, which were found for
batches of a quarter of the size; the schedule is the recipe's. Bits per byte compare only on the
same text: not with figures published elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.command_line import SHORT_RECIPE, begin, parser, publish
from benchmarks.figures import table
from benchmarks.starter_tokens import StarterTokens, starter_tokens, variant
from tertulia.compute.profiles import resolve_machine

VOCABULARY = 8192


def tokens_of(arguments: argparse.Namespace, folder: Path) -> StarterTokens:
    """Shards of the recipe; with a vocabulary of 8,192, whatever the recipe has."""
    if arguments.quick:
        return starter_tokens(arguments.recipe or SHORT_RECIPE, arguments.runs)
    recipe = arguments.recipe or "quickstart"
    changed = variant(recipe, folder, "plain-loop", {"tokenizer.vocabulary": VOCABULARY})
    return starter_tokens(changed, arguments.runs)


def measure(arguments: argparse.Namespace, found: StarterTokens) -> dict[str, Any]:
    """Trains and scores; `text_digest` is that of the text scored."""
    machine = resolve_machine(arguments.on)
    minutes = arguments.minutes or (0.05 if arguments.quick else 6.0)
    begun = time.monotonic()
    # Only now, so that importing torch is inside the clock, as it is in a stage's wall time.
    from benchmarks.held_out_score import score, text_digest
    from benchmarks.plain_training import CONTEXT, train_plain
    from tertulia.tokenizer.tokenizer import load_tokenizer

    model, summary = train_plain(
        found,
        load_tokenizer(found.tokenizer).vocabulary,
        machine,
        seconds=minutes * 60,
        seed=arguments.seed,
        begun=begun,
        quick=arguments.quick,
    )
    scores = score(
        model.eval(),
        found.recipe,
        corpus=found.corpus,
        tokenizer=found.tokenizer,
        context=CONTEXT,
        precision=machine.precision,
    )
    return {
        "minutes": minutes,
        "summary": asdict(summary),
        "scores": scores,
        "text_digest": text_digest(found.recipe, found.corpus),
    }


def lines_of(result: dict[str, Any]) -> list[str]:
    """The section."""
    summary, scores = result["summary"], result["scores"]
    speed = (summary["tokens"] - summary["tokens"] / summary["steps"]) / max(
        summary["seconds"] - summary["first_step_seconds"], 1e-9
    )
    languages = list(scores["held_out"])
    rows = [
        [split, *(f"{found[name]:.3f}" if name in found else "" for name in languages)]
        for split, found in scores.items()
    ]
    return [
        f"{summary['parameters']:,} parameters; {summary['tokens']:,} tokens in "
        f"{summary['seconds']:.0f} s, of which {summary['first_step_seconds']:.0f} s are the first "
        f"step with its compiling; {speed:,.0f} tokens/s after it.",
        "",
        *table(["bits per byte", *languages], rows),
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--minutes", type=float, help="wall time of training (default 6)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--runs", type=Path, default=Path("runs"), help="where shards are kept")
    options.add_argument("--on", help="a machine profile")
    options.add_argument("--json", type=Path, help="write the figures here, and no section")
    arguments = options.parse_args()
    load = begin()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(Path(folder, "compile-cache"))
        found = tokens_of(arguments, Path(folder))
        result = measure(arguments, found)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result), encoding="utf-8")
        return
    publish(arguments, "plain-loop", "A plain loop", lines_of(result), load=load)


if __name__ == "__main__":
    main()
