"""A run on CUDA: the losses of the processor in float32, near them in bfloat16, and repeatable."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.compute.machine import Machine, Precision
from tertulia.train.numerics import numeric_settings
from tests.train.runs import make_loop

pytestmark = pytest.mark.gpu


def _losses(folder: Path, machine: Machine, optimizer: str) -> list[float]:
    with numeric_settings(machine):
        _, loop = make_loop(folder, machine=machine, optimizer=optimizer)
        return [row["loss"] for row in loop.run("test").log]


def _cuda(precision: Precision, *, compiled: bool = False) -> Machine:
    return Machine(name="test", device="cuda", precision=precision, compile=compiled)


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_float32_has_the_losses_of_the_processor(tmp_path: Path, optimizer: str) -> None:
    on_cpu = _losses(tmp_path / "cpu", Machine(name="test"), optimizer)
    on_cuda = _losses(tmp_path / "cuda", _cuda("float32"), optimizer)
    assert on_cuda == pytest.approx(on_cpu, rel=1e-4)


# torch's compiler itself uses what torch deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("compiled", [False, True])
def test_bfloat16_is_near_and_the_same_again(tmp_path: Path, compiled: bool) -> None:
    machine = _cuda("bfloat16", compiled=compiled)
    first = _losses(tmp_path / "first", machine, "muon")
    assert first == _losses(tmp_path / "again", machine, "muon")
    on_cpu = _losses(tmp_path / "cpu", Machine(name="test"), "muon")
    assert first == pytest.approx(on_cpu, rel=0.05)
