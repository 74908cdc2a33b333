"""One leg of a paired run: some training steps, timed, in a process of their own.

A process each, so that no leg meets another's compiled code, allocator or settings. `run_leg` is
called by a benchmark; `python -m benchmarks.timed_leg SPEC` is the other side.
"""

from __future__ import annotations

import importlib
import itertools
import json
import math
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.command_line import child_environment
from tertulia.compute.machine import Machine, Precision

Contender = Literal["tertulia", "transformers", "plain"]
_MARK = "leg: "


@dataclass(frozen=True, kw_only=True)
class LegSpec:
    """What to train, and how; every leg of a figure reads the same rows in the same order."""

    contender: Contender
    recipe: str
    runs_dir: str
    """Where the recipe's token shards are already built."""
    precision: Precision
    threads: int
    compile: bool
    optimizer: Literal["muon", "adamw"] = "muon"
    deterministic: bool = True
    fill_memory: bool = False
    """Whether torch fills each fresh tensor, as its deterministic mode does by default."""
    warm_up: int
    """Steps before the clock starts; compiling falls into them."""
    steps: int
    peak: bool = False
    """Whether the process measures its fastest matrix products before and after."""

    @property
    def machine(self) -> Machine:
        """The machine profile that this leg stands for."""
        return Machine(
            name="benchmark", precision=self.precision, threads=self.threads, compile=self.compile
        )


@dataclass(frozen=True, kw_only=True)
class LegTimes:
    """What a leg took."""

    tokens_per_step: int
    step_seconds: list[float]
    """Of the timed steps."""
    warm_up_seconds: float
    """From the first step's begin to the clock's start, compiling included."""
    mean_loss: float
    peak_bytes: int
    peak_flops: float = math.nan
    """Of the fastest matrix products just before or just after, where the leg was asked for it."""

    @property
    def tokens_per_second(self) -> float:
        """Over all timed steps."""
        return self.tokens_per_step * len(self.step_seconds) / sum(self.step_seconds)

    def compile_seconds(self, warm_up: int) -> float:
        """What the warm-up took beyond as many steps at full speed."""
        return max(0.0, self.warm_up_seconds - warm_up * statistics.median(self.step_seconds))


def times_of(begins: Sequence[float], spec: LegSpec, tokens_per_step: int, loss: float) -> LegTimes:
    """From the moments at which each of warm_up + steps + 1 steps began.

    The step after the last is only begun: its begin is the last one's end.
    """
    assert len(begins) == spec.warm_up + spec.steps + 1, "one more step than is timed"
    timed = begins[spec.warm_up :]
    return LegTimes(
        tokens_per_step=tokens_per_step,
        step_seconds=[end - begin for begin, end in itertools.pairwise(timed)],
        warm_up_seconds=begins[spec.warm_up] - begins[0],
        mean_loss=loss,
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def run_leg(spec: LegSpec, *, compile_cache: Path) -> LegTimes:
    """Runs a leg in a fresh process; what it compiles is kept in `compile_cache`.

    Raises RuntimeError with the end of what it printed, where it fails.
    """
    question = json.dumps(asdict(spec))
    answer = ask("timed_leg", question, threads=spec.threads, compile_cache=compile_cache)
    return LegTimes(**answer)


def ask(module: str, question: str, *, threads: int, compile_cache: Path) -> dict[str, Any]:
    """What `python -m benchmarks.MODULE QUESTION` gives to `answer`; RuntimeError if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", question],
        env=child_environment(
            TORCHINDUCTOR_CACHE_DIR=str(compile_cache),
            OMP_NUM_THREADS=str(threads),
            HF_HUB_OFFLINE="1",
            # The progress lines and notices of transformers are no part of the answer.
            TRANSFORMERS_VERBOSITY="error",
        ),
        capture_output=True,
        text=True,
    )
    marked = [line for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if done.returncode or not marked:
        words = f"{module} {question} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        raise RuntimeError(words)
    found: dict[str, Any] = json.loads(marked[-1].removeprefix(_MARK))
    return found


def answer(values: dict[str, Any]) -> None:
    """What the process that was asked prints."""
    print(_MARK + json.dumps(values))


def run_rounds(
    contenders: dict[str, LegSpec], rounds: int, caches: Path
) -> dict[str, list[LegTimes]]:
    """Every contender once a round, the order turned round each time: A B, B A, A B.

    A contender's first leg compiles with an empty cache, the later ones with what it left.
    """
    times: dict[str, list[LegTimes]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders) if number % 2 == 0 else list(reversed(contenders))
        for name in order:
            cache = caches / str(list(contenders).index(name))
            leg = run_leg(contenders[name], compile_cache=cache)
            times[name].append(leg)
            print(
                f"round {number + 1}, {name}: {leg.tokens_per_second:,.0f} tokens/s",
                file=sys.stderr,
                flush=True,
            )
    return times


def ratios(ours: Sequence[LegTimes], theirs: Sequence[LegTimes]) -> list[float]:
    """Tokens per second of ours over theirs, round by round."""
    return [a.tokens_per_second / b.tokens_per_second for a, b in zip(ours, theirs, strict=True)]


def main() -> None:
    spec = LegSpec(**json.loads(sys.argv[1]))
    before = _peak(spec)
    times = importlib.import_module(f"benchmarks.{spec.contender}_leg").train(spec)
    answer(asdict(times) | {"peak_flops": max(before, _peak(spec))})


def _peak(spec: LegSpec) -> float:
    if not spec.peak:
        return math.nan
    import torch

    from benchmarks.matmul_peak import peak_flops

    torch.set_num_threads(spec.threads)
    return peak_flops(spec.precision)


if __name__ == "__main__":
    main()
