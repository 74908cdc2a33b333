"""Training tokens per second of models of 10, 30 and 60 million parameters against two rivals.

The rivals are transformers' Trainer, eager and compiled, and a plain loop compiled whole, with
Muon and with AdamW. All train the same shape from the same first weights on the same rows, in the
same precision, with the same threads; each leg in a process of its own, interleaved, the order
turned round each time; a ratio is the median of the rounds' ratios. Operations per second are by
`tertulia.train.plan.flops_per_token`, and their share is of the fastest products of matrices that
the leg's own process did just before or after. Targets: 1.5 times the compiled Trainer, no slower
than the fastest rival, 60 % of those products.

    python -m benchmarks.training_sizes [--quick] [--sizes 10m 30m 60m] [--rounds 3] [--steps 6]
        [--batch-tokens 8192] [--context 512] [--runs DIR]

Traps. The formula counts no operation of an optimiser: with Muon a share is lower by what its
products take, more so the smaller the batch. Ours keeps documents apart, writes checkpoints and is
deterministic; the rivals are not asked to.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.command_line import begin, parser, publish, quick_or, recipe_argument
from benchmarks.figures import spread, table
from benchmarks.starter_tokens import starter_tokens, variant
from benchmarks.timed_leg import LegSpec, LegTimes, ratios, run_rounds
from tertulia.compute.profiles import resolve_machine
from tertulia.model.config import ModelConfig, config_from_spec
from tertulia.tokenizer.tokenizer import load_tokenizer
from tertulia.train.plan import flops_per_token

SHAPES: dict[str, dict[str, Any]] = {
    # Between two positions of the dial: nine layers of "7m".
    "10m": {"model.size": "7m", "model.depth": 9},
    "30m": {"model.size": "30m"},
    "60m": {"model.size": "60m"},
    "toy": {"model.size": "1m"},
}

OURS = ("tertulia (Muon)", "tertulia (AdamW)")
RIVALS = ("Trainer", "Trainer (compiled)", "plain loop (Muon)", "plain loop (AdamW)")


def recipe_of(arguments: argparse.Namespace, size: str, folder: Path) -> Path:
    """The recipe at this size; it keeps its name, so that its corpus and tokens are found again."""
    recipe = recipe_argument(arguments)
    folder = folder / size
    folder.mkdir()
    context = quick_or(arguments, "context", 64, 512)
    batch = quick_or(arguments, "batch_tokens", 4 * context, 8192)
    changes = SHAPES[size] | {"model.context": context, "pretrain.batch_tokens": batch}
    name = starter_tokens(recipe, arguments.runs).recipe.name
    return variant(recipe, folder, name, changes)


def contenders(arguments: argparse.Namespace, recipe: Path) -> dict[str, LegSpec]:
    """The legs of a round; `--quick` compiles nothing and leaves one leg to each contender."""
    machine = resolve_machine(arguments.on)
    ours = LegSpec(
        contender="tertulia",
        recipe=str(recipe),
        runs_dir=str(arguments.runs),
        precision=machine.precision,
        threads=arguments.threads or machine.threads,
        compile=machine.compile and not arguments.quick,
        warm_up=quick_or(arguments, "warm_up", 1, 2),
        steps=quick_or(arguments, "steps", 2, 6),
        peak=not arguments.quick,
    )
    adamw = dataclasses.replace(ours, optimizer="adamw")
    trainer = dataclasses.replace(adamw, contender="transformers", deterministic=False)
    plain = dataclasses.replace(ours, contender="plain", deterministic=False)
    legs = {
        OURS[0]: ours,
        RIVALS[0]: dataclasses.replace(trainer, compile=False),
        RIVALS[2]: plain,
        OURS[1]: adamw,
        RIVALS[1]: trainer,
        RIVALS[3]: dataclasses.replace(plain, optimizer="adamw"),
    }
    return legs if ours.compile else {name: legs[name] for name in (*OURS, *RIVALS[::2])}


def lines_of(size: str, config: ModelConfig, times: dict[str, list[LegTimes]]) -> list[str]:
    """One size: speeds and shares, then the ratios of the rounds."""
    per_token = flops_per_token(config)
    rows = []
    for name, found in times.items():
        speeds = [leg.tokens_per_second for leg in found]
        shares = [leg.tokens_per_second * per_token / leg.peak_flops * 100 for leg in found]
        rows.append(
            [
                name,
                spread(speeds, ",.0f"),
                f"{statistics.median(speeds) * per_token / 1e9:,.0f}",
                spread(shares, ".0f"),
                f"{statistics.fmean(leg.mean_loss for leg in found):.3f}",
            ]
        )
    pairs = [
        [rival, *(spread(ratios(times[ours], times[rival])) for ours in OURS)]
        for rival in RIVALS
        if rival in times
    ]
    return [
        f"### {size}: {config.parameters / 1e6:.1f} million parameters, width {config.width}, "
        f"{config.depth} layers, {per_token / 1e6:.0f} MFLOP a token",
        "",
        *table(["", "tokens/s", "GFLOP/s", "% of peak", "mean loss"], rows),
        "",
        *table(["times as fast as", *OURS], pairs),
        "",
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sizes", nargs="+", choices=list(SHAPES))
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--runs", type=Path, default=Path("runs"), help="where shards are kept")
    options.add_argument("--on", help="a machine profile")
    for name in ("rounds", "steps", "warm-up", "batch-tokens", "context", "threads"):
        options.add_argument(f"--{name}", type=int)
    arguments = options.parse_args()
    load = begin()
    rounds = quick_or(arguments, "rounds", 1, 3)
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes or (["toy"] if arguments.quick else ["10m", "30m", "60m"]):
            recipe = recipe_of(arguments, size, Path(folder))
            found = starter_tokens(recipe, arguments.runs)
            vocabulary = load_tokenizer(found.tokenizer).vocabulary
            config = config_from_spec(found.recipe.model, vocabulary)
            legs = contenders(arguments, recipe)
            if not lines:
                spec, batch = legs[OURS[0]], found.recipe.pretrain.batch_tokens
                lines = [
                    f"{spec.precision}, {spec.threads} threads, batches of {batch:,} tokens in "
                    f"rows of {config.context}; {rounds} rounds of {spec.steps} steps after "
                    f"{spec.warm_up}. Median (min to max). Ours keeps documents apart, writes "
                    "checkpoints and is deterministic; the others are not asked to.",
                    "",
                ]
            times = run_rounds(legs, rounds, Path(folder, f"{size}-caches"))
            lines += lines_of(size, config, times)
    publish(
        arguments,
        "training-sizes",
        "Training speed of three sizes",
        lines,
        load=load,
        packages=("transformers", "accelerate"),
    )


if __name__ == "__main__":
    main()
