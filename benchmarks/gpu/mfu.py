"""Tokens per second and the share of a GPU's peak that training reaches on one GPU.

tertulia's own Loop on random packed documents: bfloat16, compiled block by block, attention by the
kernel for sequences of unequal length. Operations are by `tertulia.train.plan.flops_per_token`;
shares are of the published dense bfloat16 peak, where this benchmark knows the GPU, and of the
fastest products of matrices that the same process did just before or after. Target: half of the
published peak on an H100 or H200.

    python -m benchmarks.gpu.mfu [--quick] [--sizes 125m 1b] [--steps 20] [--batch-tokens 65536]
        [--context 2048] [--optimizer muon]

Without a CUDA device it says so and ends with 2; `--quick` runs a toy on the CPU.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.command_line import begin, parser, publish, quick_or
from benchmarks.figures import spread, table
from benchmarks.matmul_peak import peak_flops
from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig, config_from_spec
from tertulia.recipe.schema import ModelSpec
from tertulia.train.batch import Batch, NextTokenObjective
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.numerics import empty_model, numeric_settings
from tertulia.train.optimizer import Rates
from tertulia.train.plan import flops_per_token

VOCABULARY = 32_768
SPECS: dict[str, dict[str, int | str]] = {
    # The shape of GPT-2's small model.
    "125m": {"size": "150m", "width": 768, "depth": 12, "hidden": 3072, "heads": 12},
    "1b": {"size": "1b"},
    "toy": {"size": "1m"},
}
PUBLISHED_PEAK = {"H100": 989e12, "H200": 989e12, "A100": 312e12}
"""Dense bfloat16 operations per second of the SXM modules, from NVIDIA's data sheets."""
_WARM_UP = 5
_DOCUMENT_TOKENS = 700
"""Mean length of a document of the random text."""


class RandomDocuments(NextTokenObjective):
    """Batches of random tokens in documents of unequal length; notes when each step begins."""

    def __init__(self, config: ModelConfig, rows: int, steps: int, device: str) -> None:
        self._config, self._rows, self.steps, self._device = config, rows, steps, device
        self.context = config.context
        self.begins: list[float] = []

    @property
    def tokens_per_step(self) -> int:
        """Tokens of a batch."""
        return self._rows * self._config.context

    def batch(self, step: int) -> Batch:
        """The batch of a step, once the one before is done."""
        if self._device == "cuda":
            torch.cuda.synchronize()
        self.begins.append(time.perf_counter())
        generator = np.random.default_rng(step)
        shape = (self._rows, self._config.context)
        ids_BT = generator.integers(64, self._config.vocabulary, size=shape)
        begins_BT = generator.random(shape) < 1 / _DOCUMENT_TOKENS
        documents_BT = begins_BT.cumsum(axis=1)
        return Batch(
            ids_BT=ids_BT, targets_BT=np.roll(ids_BT, -1, axis=1), documents_BT=documents_BT
        )


def measure(arguments: argparse.Namespace, size: str, machine: Machine) -> list[str]:
    """One row of the table."""
    context = quick_or(arguments, "context", 64, 2048)
    batch = quick_or(arguments, "batch_tokens", 4 * context, 65_536)
    steps = quick_or(arguments, "steps", 2, 20)
    config = config_from_spec(
        ModelSpec.model_validate(SPECS[size] | {"context": context}), VOCABULARY
    )
    timed = RandomDocuments(config, batch // context, _WARM_UP + steps + 1, machine.device)
    rates = Rates(
        optimizer=arguments.optimizer,
        learning_rate=1e-3,
        embedding_learning_rate=1e-3,
        weight_decay=0.1,
    )
    settings = LoopSettings(
        rates=rates, warmup_fraction=0.5, decay_fraction=0.5, checkpoint_tokens=1 << 62
    )
    with tempfile.TemporaryDirectory() as scratch, numeric_settings(machine):
        before = peak_flops(machine.precision, machine.device)
        model = empty_model(config, machine)
        initialise(model, 0)
        Loop(model, timed, settings, machine, Path(scratch)).run("mfu")
        peak = max(before, peak_flops(machine.precision, machine.device))
    seconds = np.diff(timed.begins[_WARM_UP:])
    speeds = [timed.tokens_per_step / float(second) for second in seconds]
    flops = statistics.median(speeds) * flops_per_token(config)
    return [
        f"{size} ({config.parameters / 1e6:,.0f}M)",
        spread(speeds, ",.0f"),
        f"{flops / 1e12:,.1f}",
        _share_of_published(flops),
        f"{100 * flops / peak:.0f} (of {peak / 1e12:,.0f} TFLOP/s)",
    ]


def _share_of_published(flops: float) -> str:
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    known = [peak for part, peak in PUBLISHED_PEAK.items() if part in name]
    return f"{100 * flops / known[0]:.0f}" if known else "unknown"


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sizes", nargs="+", choices=list(SPECS))
    options.add_argument("--optimizer", choices=["muon", "adamw"], default="muon")
    for name in ("steps", "batch-tokens", "context"):
        options.add_argument(f"--{name}", type=int)
    arguments = options.parse_args()
    cuda = torch.cuda.is_available()
    if not cuda and not arguments.quick:
        print("benchmarks.gpu.mfu needs a CUDA device, and this machine has none", file=sys.stderr)
        sys.exit(2)
    load = begin()
    machine = Machine(
        name="benchmark",
        device="cuda" if cuda else "cpu",
        precision="bfloat16",
        threads=torch.get_num_threads(),
        compile=not arguments.quick,
    )
    sizes = arguments.sizes or (["toy"] if arguments.quick else ["125m", "1b"])
    rows = [measure(arguments, size, machine) for size in sizes]
    name = torch.cuda.get_device_name() if cuda else "no GPU: the CPU"
    lines = [
        f"{name}; bfloat16, {arguments.optimizer}; median (min to max) of the steps after "
        f"{_WARM_UP}.",
        "",
        *table(["", "tokens/s", "TFLOP/s", "% of published peak", "% of own products"], rows),
    ]
    publish(arguments, "gpu-mfu", "Training on one GPU", lines, load=load, module="gpu.mfu")


if __name__ == "__main__":
    main()
