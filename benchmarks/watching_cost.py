"""What watching a run costs: CPU time of each observer in a step, as a share of the step's.

tertulia's own Loop with every observer, TensorBoard's event files too, in one process. Each
observer's calls and the sums by language are timed where they are made; a share is their CPU time
over that of all steps after the warm-up. Standard error is a log here, not a terminal.

    python -m benchmarks.watching_cost [--quick] [--steps 40] [--threads 2] [--recipe FILE]

Trap: the event files' thread works beside the step; its CPU time falls into the step's.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.command_line import begin, parser, publish, quick_or, recipe_argument
from benchmarks.figures import table
from benchmarks.tertulia_leg import loop_settings, pretraining_of
from benchmarks.timed_leg import LegSpec
from tertulia.compute.profiles import resolve_machine
from tertulia.store.draft import Draft
from tertulia.tokenizer.tokenizer import load_tokenizer
from tertulia.train.initialise import initialise
from tertulia.train.language_tally import LanguageTally
from tertulia.train.loop import Loop
from tertulia.train.numerics import empty_model, numeric_settings
from tertulia.train.observer import Observer, RunFacts, StepReport
from tertulia.train.observers.choose import choose_observers
from tertulia.train.token_bytes import token_byte_counts

SUMS = "sums by language"
_WARM_UP = 3

Costs = defaultdict[str, float]


class Costed:
    """An observer whose steps are timed, but for the warm-up."""

    def __init__(self, inner: Observer, costs: Costs) -> None:
        self._inner, self._costs = inner, costs

    def begins(self, facts: RunFacts) -> None:
        """As the inner one."""
        self._inner.begins(facts)

    def stepped(self, report: StepReport) -> None:
        """As the inner one, timed."""
        before = time.process_time()
        self._inner.stepped(report)
        if report.step > _WARM_UP:
            self._costs[type(self._inner).__name__] += time.process_time() - before

    def ends(self, error: BaseException | None) -> None:
        """As the inner one."""
        self._inner.ends(error)


class Steps:
    """Notes the CPU time at which each step ends."""

    def __init__(self) -> None:
        self.ends_at: list[float] = []

    def begins(self, facts: RunFacts) -> None:
        """Nothing to do."""

    def stepped(self, report: StepReport) -> None:
        """Notes the time."""
        self.ends_at.append(time.process_time())

    def ends(self, error: BaseException | None) -> None:
        """Nothing to do."""


@contextlib.contextmanager
def timed_sums(costs: Costs, steps: Steps) -> Iterator[None]:
    """The sums by language are timed, but for the warm-up."""
    add = LanguageTally.add

    def timed(self: LanguageTally, *parts: object) -> None:
        before = time.process_time()
        add(self, *parts)  # type: ignore[arg-type]
        if len(steps.ends_at) >= _WARM_UP:
            costs[SUMS] += time.process_time() - before

    LanguageTally.add = timed  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        LanguageTally.add = add  # type: ignore[method-assign]


def measure(spec: LegSpec) -> tuple[Costs, float, int]:
    """CPU seconds by observer, those of all steps, and how many steps."""
    found, config, pretraining = pretraining_of(spec)
    costs, steps = Costs(float), Steps()
    with tempfile.TemporaryDirectory() as folder, numeric_settings(spec.machine):
        partial = Path(folder, "pretrain-0.partial")
        draft = Draft(path=partial, scratch=partial / ".scratch", watch=("tensorboard",))
        model = empty_model(config, spec.machine)
        initialise(model, found.recipe.seed)
        observers = [Costed(observer, costs) for observer in choose_observers(draft)]
        loop = Loop(
            model,
            pretraining,
            loop_settings(spec, found),
            spec.machine,
            draft.scratch,
            observers=[*observers, steps],
            token_bytes=token_byte_counts(load_tokenizer(found.tokenizer).token_bytes),
        )
        with timed_sums(costs, steps):
            loop.run("pretrain")
    timed = steps.ends_at[_WARM_UP - 1 :]
    return costs, timed[-1] - timed[0], len(timed) - 1


def rows_of(costs: Costs, seconds: float, steps: int) -> list[list[str]]:
    """A row for each observer, the dearest first, and their sum."""
    dearest = sorted(costs.items(), key=lambda item: -item[1])
    return [
        [name, f"{1000 * cost / steps:.2f}", f"{100 * cost / seconds:.2f} %"]
        for name, cost in [*dearest, ("all of it", sum(costs.values()))]
    ]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--runs", type=Path, default=Path("runs"), help="where shards are kept")
    options.add_argument("--threads", type=int, help="default: the machine's cores")
    options.add_argument("--steps", type=int, help="timed steps")
    arguments: argparse.Namespace = options.parse_args()
    load = begin()
    machine = resolve_machine()
    spec = LegSpec(
        contender="tertulia",
        recipe=recipe_argument(arguments),
        runs_dir=str(arguments.runs),
        precision=machine.precision,
        threads=arguments.threads or machine.threads,
        compile=machine.compile and not arguments.quick,
        warm_up=_WARM_UP,
        steps=quick_or(arguments, "steps", 10, 40),
    )
    costs, seconds, steps = measure(spec)
    lines = [
        f"A step takes {1000 * seconds / steps:,.0f} ms of CPU time ({spec.threads} threads, "
        f"{spec.precision}, {'compiled' if spec.compile else 'eager'}; mean of {steps}).",
        "",
        *table(["observer", "CPU ms a step", "share of the step"], rows_of(costs, seconds, steps)),
    ]
    publish(arguments, "watching-cost", "What watching costs", lines, load=load)


if __name__ == "__main__":
    main()
