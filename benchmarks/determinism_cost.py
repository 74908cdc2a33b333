"""What bit-identical training costs: tokens per second with and without deterministic algorithms.

tertulia's own Loop in three settings: torch as it comes; deterministic algorithms, as the
pipeline runs; and those with torch's default of filling every fresh tensor, which the pipeline
turns off. Compiled and eager, float32 and bfloat16; the settings are interleaved within each, and
a cost is the median of the rounds' ratios.

    python -m benchmarks.determinism_cost [--quick] [--rounds 3] [--steps 10] [--threads 2]

Trap: determinism here is that of one machine and thread count; a figure of one precision says
nothing of the other, since other kernels run.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import tempfile
from pathlib import Path

from benchmarks.command_line import begin, parser, publish, quick_or, recipe_argument
from benchmarks.figures import spread, table
from benchmarks.starter_tokens import starter_tokens
from benchmarks.timed_leg import LegSpec, LegTimes, ratios, run_rounds
from tertulia.compute.machine import Precision
from tertulia.compute.profiles import resolve_machine

OFF, ON, FILLED = "off", "on", "on, filling memory"
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")


def settings(spec: LegSpec) -> dict[str, LegSpec]:
    """The three settings of one precision and compile mode."""
    return {
        OFF: dataclasses.replace(spec, deterministic=False, fill_memory=False),
        ON: dataclasses.replace(spec, deterministic=True, fill_memory=False),
        FILLED: dataclasses.replace(spec, deterministic=True, fill_memory=True),
    }


def row_of(spec: LegSpec, times: dict[str, list[LegTimes]]) -> list[str]:
    """Speeds and the two costs, of one precision and compile mode."""
    return [
        f"{spec.precision}, {'compiled' if spec.compile else 'eager'}",
        *(spread([leg.tokens_per_second for leg in times[name]], ",.0f") for name in times),
        spread(ratios(times[ON], times[OFF])),
        spread(ratios(times[FILLED], times[OFF])),
    ]


def measure(arguments: argparse.Namespace, recipe: str) -> list[list[str]]:
    """One row for each precision and compile mode."""
    machine = resolve_machine()
    # Compiling six times over is not quick.
    modes = [True, False] if machine.compile and not arguments.quick else [False]
    rows = []
    for precision, compiled in itertools.product(PRECISIONS, modes):
        spec = LegSpec(
            contender="tertulia",
            recipe=recipe,
            runs_dir=str(arguments.runs),
            precision=precision,
            threads=arguments.threads or machine.threads,
            compile=compiled,
            warm_up=quick_or(arguments, "warm_up", 1, 3),
            steps=quick_or(arguments, "steps", 2, 10),
        )
        with tempfile.TemporaryDirectory() as caches:
            times = run_rounds(settings(spec), quick_or(arguments, "rounds", 1, 3), Path(caches))
        rows.append(row_of(spec, times))
    return rows


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--runs", type=Path, default=Path("runs"), help="where shards are kept")
    options.add_argument("--threads", type=int, help="default: the machine's cores")
    options.add_argument("--rounds", type=int)
    options.add_argument("--steps", type=int, help="timed steps of a leg")
    options.add_argument("--warm-up", type=int, help="steps before them")
    arguments = options.parse_args()
    load = begin()
    recipe = recipe_argument(arguments)
    starter_tokens(recipe, arguments.runs)
    head = ["tokens/s", *(f"determinism {name}" for name in (OFF, ON, FILLED))]
    lines = [
        f"Median (min to max); {arguments.threads or resolve_machine().threads} threads. "
        "The pipeline runs with determinism on, memory not filled.",
        "",
        *table([*head, "on / off", "filling / off"], measure(arguments, recipe)),
    ]
    publish(arguments, "determinism-cost", "What determinism costs", lines, load=load)


if __name__ == "__main__":
    main()
