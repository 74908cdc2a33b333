"""The memory that `tertulia plan` predicts, against what training takes at its peak.

Three sizes, both optimisers, float32 and bfloat16, eager and (where there is a compiler) compiled;
each training in a process of its own, which says its own peak when it is done (VmHWM, so Linux
only). Random documents, the pipeline's own loop and settings. Target: at most 10 % off everywhere.

    python -m benchmarks.plan_memory [--quick] [--batch-tokens 2048] [--steps 4] [--eager]

Traps. What is predicted is the process' resident memory, torch's own code included, not the sum
of tensors: that is what a machine runs out of. The first step has no optimiser state yet and the
second finds a heap that the first has cut up, so two steps are the least. Compiling happens in the
process that trains, with an empty cache each time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from benchmarks.command_line import begin, child_environment, parser, publish, quick_or
from benchmarks.figures import mebibytes, table
from tertulia.compute.machine import Machine, Precision
from tertulia.compute.profiles import resolve_machine
from tertulia.model.config import ModelConfig, config_from_spec
from tertulia.recipe.schema import ModelSpec

Optimizer = Literal["muon", "adamw"]
OPTIMIZERS: tuple[Optimizer, ...] = ("muon", "adamw")
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
_MARK = "peak: "
_VOCABULARY, _CONTEXT = 8192, 256
_SPECS = {
    "10M": ModelSpec(size="7m", depth=9, context=_CONTEXT),
    "30M": ModelSpec(size="30m", context=_CONTEXT),
    "60M": ModelSpec(size="60m", context=_CONTEXT),
}
_QUICK = {"1M": ModelSpec(size="1m", context=_CONTEXT)}


@dataclass(frozen=True, kw_only=True)
class MemoryLeg:
    """One training run of a few steps."""

    spec: dict[str, object]
    """Of the model, as JSON."""
    optimizer: Optimizer
    precision: Precision
    compile: bool
    batch_tokens: int
    steps: int
    threads: int

    @property
    def machine(self) -> Machine:
        """The machine that the leg stands for."""
        return Machine(
            name="benchmark", precision=self.precision, threads=self.threads, compile=self.compile
        )

    @property
    def config(self) -> ModelConfig:
        """The model's shape."""
        return config_from_spec(ModelSpec.model_validate(self.spec), _VOCABULARY)


def predicted(leg: MemoryLeg) -> int:
    """The plan's peak for this run, in bytes."""
    from tertulia.train.batch import MICRO_TOKENS
    from tertulia.train.memory import process_memory

    rows = leg.batch_tokens // _CONTEXT
    at_once = min(rows, MICRO_TOKENS // _CONTEXT)
    return process_memory(
        leg.config,
        leg.machine,
        optimizer=leg.optimizer,
        rows=at_once,
        context=_CONTEXT,
        accumulates=rows > at_once,
    ).peak


def measured(leg: MemoryLeg) -> int:
    """Trains in a fresh process and gives its peak, in bytes.

    Raises RuntimeError with the end of what it printed, where it fails.
    """
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.plan_memory", "--leg", json.dumps(asdict(leg))],
            env=child_environment(TORCHINDUCTOR_CACHE_DIR=cache, OMP_NUM_THREADS=str(leg.threads)),
            capture_output=True,
            text=True,
        )
    marked = [line for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if done.returncode or not marked:
        raise RuntimeError(f"the leg {leg} failed:\n{done.stderr[-4000:]}")
    return int(marked[-1].removeprefix(_MARK))


def train(leg: MemoryLeg) -> int:
    """Trains in this process and gives its peak, in bytes."""
    import numpy as np

    from tertulia.train.data_order import DataOrder
    from tertulia.train.initialise import initialise
    from tertulia.train.loop import Loop, LoopSettings
    from tertulia.train.numerics import empty_model, numeric_settings
    from tertulia.train.optimizer import Rates
    from tertulia.train.pretrain import Pretraining
    from tests.train.shards import shard

    lengths = np.random.default_rng(0).integers(50, 900, size=400)
    text = shard("eu", [int(n) for n in lengths], vocabulary=_VOCABULARY)
    rows = leg.batch_tokens // _CONTEXT
    order = DataOrder([text], {"eu": 1.0}, context=_CONTEXT, rows=rows * leg.steps, seed=0)
    rates = Rates(
        optimizer=leg.optimizer,
        learning_rate=1e-3,
        embedding_learning_rate=1e-3,
        weight_decay=0.1,
    )
    settings = LoopSettings(
        rates=rates, warmup_fraction=0.1, decay_fraction=0.4, checkpoint_tokens=2**60
    )
    with tempfile.TemporaryDirectory() as scratch, numeric_settings(leg.machine):
        model = empty_model(leg.config, leg.machine)
        initialise(model, 0)
        Loop(model, Pretraining(order, rows), settings, leg.machine, Path(scratch)).run("leg")
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def legs_of(arguments: argparse.Namespace) -> dict[str, MemoryLeg]:
    """Every run by its name, the small ones first."""
    specs = _QUICK if arguments.quick else _SPECS
    compiled = (False, True) if resolve_machine().compile and not arguments.eager else (False,)
    legs = {}
    for (name, spec), optimizer, precision, compile_it in itertools.product(
        specs.items(), OPTIMIZERS, PRECISIONS, compiled
    ):
        words = [name, optimizer, precision, "compiled" if compile_it else "eager"]
        legs[", ".join(words)] = MemoryLeg(
            spec=spec.model_dump(exclude_none=True),
            optimizer=optimizer,
            precision=precision,
            compile=compile_it,
            batch_tokens=arguments.batch_tokens,
            steps=quick_or(arguments, "steps", 2, 4),
            threads=1,
        )
    return legs


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--batch-tokens", type=int, default=2048)
    options.add_argument("--steps", type=int, help="steps of each run")
    options.add_argument("--eager", action="store_true", help="leave out the compiled runs")
    options.add_argument("--leg", help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.leg is not None:
        print(f"{_MARK}{train(MemoryLeg(**json.loads(arguments.leg)))}")
        return
    load = begin()
    rows, worst = [], 0.0
    for name, leg in legs_of(arguments).items():
        found, said = measured(leg), predicted(leg)
        off = said / found - 1
        worst = max(worst, abs(off))
        print(f"{name}: {found / 1e6:,.0f} MB, predicted {said / 1e6:,.0f}", file=sys.stderr)
        count = f"{leg.config.parameters / 1e6:.1f} M"
        rows.append([name, count, mebibytes(found), mebibytes(said), f"{off:+.1%}"])
    publish(
        arguments,
        "plan-memory",
        "Memory as planned and as measured",
        [
            f"Batches of {arguments.batch_tokens:,} tokens, sequences of {_CONTEXT}, vocabulary "
            f"{_VOCABULARY:,}, one thread; peak resident memory of the whole process. "
            f"The worst prediction is {worst:.1%} off.",
            "",
            *table(["", "parameters", "measured", "predicted", "off"], rows),
        ],
        load=load,
    )


if __name__ == "__main__":
    main()
