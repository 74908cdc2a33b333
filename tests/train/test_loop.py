"""Training learns, resumes to the same bits, stops when asked and never doubts its data."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.errors import Resumable, TertuliaError, TrainingError
from tertulia.train import spike_guard
from tertulia.train.batch import DeviceBatch, PartLoss
from tertulia.train.forward import Forward
from tertulia.train.loop import squared_norm
from tertulia.train.numerics import numeric_settings
from tertulia.train.sharding import parts
from tests.train.runs import CONTEXT, ROWS, STEPS, make_loop


def test_the_loss_falls(tmp_path: Path) -> None:
    _, loop = make_loop(tmp_path)
    summary = loop.run("test")
    first = sum(row["loss"] for row in summary.log[:4]) / 4
    assert summary.final_loss < first - 0.5
    assert (summary.steps, summary.tokens) == (STEPS, STEPS * ROWS * CONTEXT)


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_an_interrupted_run_resumes_to_the_same_bits(
    tmp_path: Path, optimizer: str, precision: str
) -> None:
    machine = Machine(name="test", precision=precision)  # type: ignore[arg-type]
    with numeric_settings(machine):
        model, loop = make_loop(tmp_path / "whole", optimizer=optimizer, machine=machine)
        whole = loop.run("test")
        _, cut = make_loop(tmp_path / "cut", optimizer=optimizer, machine=machine)
        take = cut._take_step

        def killed() -> None:
            if cut.step == 13:
                raise KeyboardInterrupt
            take()

        cut._take_step = killed  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            cut.run("test")
        resumed, loop = make_loop(tmp_path / "cut", optimizer=optimizer, machine=machine)
        summary = loop.run("test")
    assert summary.resumed_at == 8 * ROWS * CONTEXT
    assert summary.log == whole.log
    for name, value in model.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name


def test_a_signal_saves_and_says_that_the_run_can_go_on(tmp_path: Path) -> None:
    _, loop = make_loop(tmp_path, checkpoint_tokens=10**9)
    take = loop._take_step

    def signalled() -> None:
        take()
        if loop.step == 5:
            os.kill(os.getpid(), signal.SIGUSR1)

    loop._take_step = signalled  # type: ignore[method-assign]
    with pytest.raises(Resumable) as caught:
        loop.run("test")
    assert caught.value.exit_code == 75
    assert isinstance(caught.value, TertuliaError)
    _, again = make_loop(tmp_path)
    assert again.run("test").resumed_at == 5 * ROWS * CONTEXT
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL


def test_a_damaged_checkpoint_is_named_and_kept(tmp_path: Path) -> None:
    _, loop = make_loop(tmp_path)
    loop.run("test")
    newest = sorted(tmp_path.glob("checkpoint-*"))[-1]
    tensors = newest / "rank-00000.safetensors"
    content = bytearray(tensors.read_bytes())
    content[-1] ^= 1
    tensors.write_bytes(bytes(content))
    _, again = make_loop(tmp_path)
    with pytest.raises(TrainingError, match="checkpoint is damaged") as caught:
        again.run("test")
    assert caught.value.where == str(newest)
    assert newest.exists()


def test_half_a_checkpoint_is_none(tmp_path: Path) -> None:
    (tmp_path / ".checkpoint-000000000000512").mkdir()
    (tmp_path / ".checkpoint-000000000000512" / "rank-00000.safetensors").write_bytes(b"half")
    _, loop = make_loop(tmp_path)
    assert loop.run("test").resumed_at == 0
    assert not list(tmp_path.glob(".checkpoint-*512"))


def test_only_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    _, loop = make_loop(tmp_path, checkpoint_tokens=2 * ROWS * CONTEXT)
    loop.run("test")
    assert [p.name[-4:] for p in sorted(tmp_path.glob("checkpoint-*"))] == ["1280", "1408"]


def test_a_loss_that_is_not_finite_changes_no_weight(tmp_path: Path) -> None:
    model, loop = make_loop(tmp_path)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    loop.objective.loss = lambda forward, part: PartLoss(  # type: ignore[method-assign]
        total=model(part.ids_BT).sum() * torch.inf
    )
    loop._take_step()
    assert loop.guard.skipped == 1
    for name, value in before.items():
        assert torch.equal(model.state_dict()[name], value), name


def test_the_gradient_norm_is_exact_where_float32_is_not(tmp_path: Path) -> None:
    model, _ = make_loop(tmp_path)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 1e-3)
    count = sum(p.numel() for p in model.parameters())
    value = float(torch.tensor(1e-3))
    assert squared_norm(parts(model)) == pytest.approx(count * value**2, rel=1e-12)


def test_a_run_of_nothing_but_nan_ends_as_diverged_and_can_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spike_guard, "_TOLERATED", 3)
    _, sound = make_loop(tmp_path / "sound")
    whole = sound.run("test")
    _, loop = make_loop(tmp_path / "cut")
    found = loop.objective.loss

    def broken(forward: Forward, part: DeviceBatch) -> PartLoss:
        given = found(forward, part)
        return PartLoss(total=given.total * (torch.nan if loop.step >= 10 else 1.0))

    loop.objective.loss = broken  # type: ignore[method-assign]
    with pytest.raises(TrainingError) as caught:
        loop.run("test")
    assert caught.value.code == "train.diverged"
    assert caught.value.where == "step 14 of test"
    _, again = make_loop(tmp_path / "cut")
    summary = again.run("test")
    assert summary.resumed_at == 8 * ROWS * CONTEXT
    assert summary.log == whole.log
