"""Bits per byte after equal wall time: tertulia, transformers' Trainer compiled, a plain loop.

One shape, one tokenizer, one corpus, one scorer; each contender in a process of its own, with an
empty compile cache, and compiling is inside its time. The plain loop watches the clock; tertulia
and the Trainer follow a schedule over their steps, so that they are given the steps that a leg of
the same contender, timed just before, says will fill the time: the table has what it took.
Tertulia trains as the recipe says. The Trainer has AdamW at 1e-3, a cosine after 5 % of warm-up,
decay 0.1, on the same batches; the plain loop Muon at 0.02 and AdamW at 0.01 on 16 rows of 512.

    python -m benchmarks.equal_time [--quick] [--size 10m] [--minutes 6] [--recipe FILE]
        [--runs DIR]

Traps. One run each: differences below 0.01 say nothing. The recipe's rates were found on this
corpus' held-out text (docs/log.md); the unseen sources were not looked at.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from pathlib import Path

from benchmarks.command_line import begin, parser, publish, quick_or, recipe_argument
from benchmarks.equal_leg import EqualResult, EqualSpec, run_equal
from benchmarks.figures import table
from benchmarks.starter_tokens import starter_tokens, variant
from benchmarks.timed_leg import LegSpec, run_leg
from benchmarks.training_sizes import SHAPES
from tertulia.compute.profiles import resolve_machine

OURS, TRAINER, PLAIN = "tertulia", "Trainer (compiled)", "plain loop"


def contenders(arguments: argparse.Namespace, recipe: Path) -> dict[str, LegSpec]:
    """The legs, with steps for timing them."""
    machine = resolve_machine(arguments.on)
    ours = LegSpec(
        contender="tertulia",
        recipe=str(recipe),
        runs_dir=str(arguments.runs),
        precision=machine.precision,
        threads=arguments.threads or machine.threads,
        compile=machine.compile and not arguments.quick,
        warm_up=quick_or(arguments, "warm_up", 1, 4),
        steps=quick_or(arguments, "steps", 2, 30),
    )
    trainer = dataclasses.replace(
        ours, contender="transformers", optimizer="adamw", deterministic=False
    )
    plain = dataclasses.replace(ours, contender="plain", deterministic=False)
    return {OURS: ours, TRAINER: trainer, PLAIN: plain}


def measure(spec: LegSpec, seconds: float, rate: float, caches: Path) -> EqualResult:
    """Times the contender where it has to count steps, then trains it for its time."""
    if spec.contender != "plain":
        timed = run_leg(spec, compile_cache=caches / f"{spec.contender}-timed")
        left = seconds - timed.compile_seconds(spec.warm_up)
        steps = int(left * timed.tokens_per_second / timed.tokens_per_step)
        # A leg takes one step more than it times.
        spec = dataclasses.replace(spec, warm_up=0, steps=max(1, steps - 1))
    equal = EqualSpec(leg=spec, seconds=seconds, trainer_rate=rate)
    return run_equal(equal, compile_cache=caches / spec.contender)


def lines_of(results: dict[str, EqualResult], minutes: float) -> list[str]:
    """Times and tokens, then a table of bits per byte for each split."""
    rows = [
        [name, f"{found.seconds:.0f} s", f"{found.tokens:,}"] for name, found in results.items()
    ]
    lines = [
        f"{minutes:g} minutes of training each, compiling and starting included.",
        "",
        *table(["", "took", "tokens read"], rows),
    ]
    for split in next(iter(results.values())).scores:
        languages = list(results[OURS].scores[split])
        rows = [
            [name, *(f"{found.scores[split][language]:.3f}" for language in languages)]
            for name, found in results.items()
        ]
        lines += ["", *table([f"bits per byte, {split.replace('_', ' ')}", *languages], rows)]
    return lines


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--size", choices=list(SHAPES))
    options.add_argument("--minutes", type=float, help="wall time of training (default 6)")
    options.add_argument("--trainer-rate", type=float, default=1e-3)
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--runs", type=Path, default=Path("runs"), help="where shards are kept")
    options.add_argument("--on", help="a machine profile")
    for name in ("steps", "warm-up", "threads"):
        options.add_argument(f"--{name}", type=int, help="of the timing before")
    arguments = options.parse_args()
    load = begin()
    minutes = arguments.minutes or (0.1 if arguments.quick else 6.0)
    size = arguments.size or ("toy" if arguments.quick else "10m")
    recipe = recipe_argument(arguments)
    with tempfile.TemporaryDirectory() as folder:
        name = starter_tokens(recipe, arguments.runs).recipe.name
        shaped = variant(recipe, Path(folder), name, SHAPES[size])
        legs = contenders(arguments, shaped)
        results = {
            name: measure(spec, minutes * 60, arguments.trainer_rate, Path(folder))
            for name, spec in legs.items()
        }
    spec = legs[OURS]
    lines = [f"Size {size}, {spec.precision}, {spec.threads} threads.", ""]
    publish(
        arguments,
        "equal-time",
        "Bits per byte after equal time",
        lines + lines_of(results, minutes),
        load=load,
        packages=("transformers", "accelerate"),
    )


if __name__ == "__main__":
    main()
