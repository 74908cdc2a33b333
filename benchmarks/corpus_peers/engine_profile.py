"""How long each step of the corpus engine takes, in one process: MB of text per second and core.

    python -m benchmarks.corpus_peers.engine_profile RECIPE MACHINE RUNS [--profile STEP]

Prints JSON: step -> seconds, `documents` and `corpus` being the stages in all. `--profile` runs
one step of the documents stage under cProfile instead, and prints its dearest functions.
"""

from __future__ import annotations

import argparse
import cProfile
import dataclasses
import functools
import json
import pstats
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FUNCTIONS = 8
"""How many lines of a profile are shown."""


class _Clock:
    """Seconds by name; nested times are told apart by whoever reads them."""

    def __init__(self, profiled: str | None) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.profile = cProfile.Profile()
        self._profiled = profiled

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, its seconds counted under `name`."""

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            try:
                if name == self._profiled:
                    return self.profile.runcall(function, *arguments, **named)
                return function(*arguments, **named)
            finally:
                self.seconds[name] += time.perf_counter() - begin

        return call

    def timed_items(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, which gives an iterator whose every step is counted."""

        def call(*arguments: Any, **named: Any) -> Iterator[Any]:
            iterator = iter(function(*arguments, **named))
            following = self.timed(name, lambda: next(iterator, None))
            while (item := following()) is not None:
                yield item

        return call

    def timed_steps(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, which gives steps, each counted under its name."""

        def call(*arguments: Any, **named: Any) -> Any:
            return tuple(
                dataclasses.replace(step, apply=self.timed(step.name, step.apply))
                for step in function(*arguments, **named)
            )

        return call


def measure(recipe: Path, machine: Path, runs: Path, profiled: str | None = None) -> _Clock:
    """Runs the recipe up to the corpus in this process, its parts timed."""
    from tertulia.corpus import judgement, settling, shard, stage
    from tertulia.pipeline import run_recipe

    # Once untimed: imports and models that are read at first use are no step's work.
    run_recipe(recipe, runs_dir=runs / "first", until="corpus", machine=machine)
    clock = _Clock(profiled)
    # Named where they are called from: a step that is renamed makes this fail, and not lie.
    for module, name, wrap in (
        (shard, "annotating_steps", clock.timed_steps),
        (shard, "read_files", functools.partial(clock.timed_items, "read")),
        (shard, "write_part", functools.partial(clock.timed, "write annotated")),
        (judgement, "write_signatures", functools.partial(clock.timed, "signatures")),
        (stage, "_judge", functools.partial(clock.timed, "judge")),
        (settling, "near_duplicates", functools.partial(clock.timed, "near-duplicates")),
        (stage, "assemble", functools.partial(clock.timed, "write corpus")),
        (stage, "write_card", functools.partial(clock.timed, "card")),
    ):
        setattr(module, name, wrap(getattr(module, name)))
    report = run_recipe(recipe, runs_dir=runs / "timed", until="corpus", machine=machine)
    for event in report.events:
        if event.kind == "finished":
            clock.seconds[event.stage] += event.seconds
    # What judging does besides signing: reading the annotated parts, thresholds, the index.
    clock.seconds["judge"] -= clock.seconds["signatures"]
    return clock


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__)
    for name in ("recipe", "machine", "runs"):
        made.add_argument(name, type=Path)
    made.add_argument("--profile", metavar="STEP")
    arguments = made.parse_args()
    clock = measure(arguments.recipe, arguments.machine, arguments.runs, arguments.profile)
    if arguments.profile is None:
        print(json.dumps(clock.seconds))
        return
    print(json.dumps(dearest(clock.profile)))


def dearest(profile: cProfile.Profile) -> dict[str, float]:
    """Functions by their own seconds, those of what they call left out; the dearest first."""
    profile.create_stats()
    rows = [
        (f"{Path(file).name}:{function}" if line else function, seconds)
        for (file, line, function), (_, _, seconds, _, _) in pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    ]
    own: dict[str, float] = defaultdict(float)
    for name, seconds in rows:
        own[name] += seconds
    return dict(sorted(own.items(), key=lambda row: -row[1])[:FUNCTIONS])


if __name__ == "__main__":
    main()
