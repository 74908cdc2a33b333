"""Training tokens per second, against transformers' own Llama under its Trainer.

Same shape, first weights, rows, targets, batch, precision and threads; each leg in a process of
its own, the contenders interleaved and the order turned round each time; the ratio is the median
of the rounds' ratios. Target: at least 1.3 times the faster of the peer's two rows.

    python -m benchmarks.training_speed [--quick] [--rounds 5] [--steps 30] [--runs DIR]

Traps. Ours writes its checkpoints, keeps documents apart and runs deterministic algorithms, as the
pipeline does; the peer does none of these. The quickstart trains with Muon and the Trainer with
AdamW, so ours runs with AdamW too: that ratio is like for like. The peer's compiled row recompiles
nothing after its warm-up, since all batches have one shape. The first leg of each contender
compiles with an empty cache; "with compiling" adds that to the time that the recipe's tokens would
take at the median speed.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import tempfile
from pathlib import Path

from benchmarks.command_line import begin, parser, publish, quick_or, recipe_argument
from benchmarks.figures import mebibytes, spread, table
from benchmarks.starter_tokens import starter_tokens
from benchmarks.timed_leg import LegSpec, LegTimes, ratios, run_rounds
from tertulia.compute.profiles import resolve_machine

OURS, LIKE_FOR_LIKE = "tertulia (Muon)", "tertulia (AdamW)"
EAGER, COMPILED = "transformers", "transformers (compiled)"


def contenders(arguments: argparse.Namespace, recipe: str) -> dict[str, LegSpec]:
    """The legs of a round; without a compiler both sides run eagerly, in three legs."""
    machine = resolve_machine(arguments.on)
    ours = LegSpec(
        contender="tertulia",
        recipe=recipe,
        runs_dir=str(arguments.runs),
        precision=machine.precision,
        threads=machine.threads,
        compile=machine.compile,
        warm_up=quick_or(arguments, "warm_up", 1, 4),
        steps=quick_or(arguments, "steps", 2, 30),
    )
    adamw = dataclasses.replace(ours, optimizer="adamw")
    peer = dataclasses.replace(adamw, contender="transformers", deterministic=False)
    legs = {OURS: ours, EAGER: dataclasses.replace(peer, compile=False), LIKE_FOR_LIKE: adamw}
    if machine.compile:
        legs[COMPILED] = peer
    return legs


def lines_of(
    times: dict[str, list[LegTimes]], legs: dict[str, LegSpec], recipe_tokens: int
) -> list[str]:
    """The section: speeds, then ratios."""
    spec = legs[OURS]
    rows = []
    for name, found in times.items():
        speed = statistics.median(leg.tokens_per_second for leg in found)
        compiling = found[0].compile_seconds(spec.warm_up)
        rows.append(
            [
                name,
                spread([leg.tokens_per_second for leg in found], ",.0f"),
                f"{compiling:.0f} s",
                f"{recipe_tokens / (compiling + recipe_tokens / speed):,.0f}",
                mebibytes(max(leg.peak_bytes for leg in found)),
                f"{found[0].mean_loss:.3f}",
            ]
        )
    pairs = [
        (ours, peer)
        for peer in (EAGER, COMPILED)
        if peer in times
        for ours in (OURS, LIKE_FOR_LIKE)
    ]
    return [
        f"{spec.precision}, {spec.threads} threads, batches of {times[OURS][0].tokens_per_step:,} "
        f"tokens; {len(times[OURS])} rounds of {spec.steps} steps after {spec.warm_up}. "
        "Median (min to max); tokens per second.",
        "",
        *table(
            ["", "tokens/s", "cold compile", "with compiling*", "peak memory", "mean loss"], rows
        ),
        "",
        *table(
            ["ratio of the pairs", "median (min to max)"],
            [[f"{a} / {b}", spread(ratios(times[a], times[b]))] for a, b in pairs],
        ),
        "",
        f"\\* Computed: {recipe_tokens:,} tokens at the median speed, and one cold compile. Ours "
        "writes checkpoints, keeps documents apart and is deterministic; the peer is not asked to.",
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--runs", type=Path, default=Path("runs"), help="where shards are kept")
    options.add_argument("--on", help="a machine profile")
    options.add_argument("--rounds", type=int)
    options.add_argument("--steps", type=int, help="timed steps of a leg")
    options.add_argument("--warm-up", type=int, help="steps before them")
    arguments = options.parse_args()
    load = begin()
    recipe = recipe_argument(arguments)
    found = starter_tokens(recipe, arguments.runs)
    legs = contenders(arguments, recipe)
    with tempfile.TemporaryDirectory() as caches:
        times = run_rounds(legs, quick_or(arguments, "rounds", 1, 5), Path(caches))
    publish(
        arguments,
        "training-speed",
        "Training speed against transformers' Trainer",
        lines_of(times, legs, found.recipe.pretrain.tokens),
        load=load,
        packages=("transformers", "accelerate"),
    )


if __name__ == "__main__":
    main()
