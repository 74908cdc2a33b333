"""Adapters begin alike everywhere, are all that a checkpoint holds, and resume to the same bits."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.model.lora import adapter_tensors
from tertulia.model.transformer import Transformer
from tertulia.recipe.lora_spec import LoraSpec
from tertulia.train.checkpoint import latest_checkpoint
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.lora import ADAPTER, adapt, settle
from tertulia.train.numerics import numeric_settings
from tertulia.train.optimizer import Rates
from tests.train.runs import CONTEXT, ROWS, make_loop

SPEC = LoraSpec(rank=4, alpha=8.0)
MACHINE = Machine(name="test")


def adapted_loop(scratch: Path) -> tuple[Transformer, Loop]:
    """Adapters beside a new model, on the data of the other tests."""
    model, plain = make_loop(scratch / "unused")
    adapt(model, SPEC, seed=5)
    rates = Rates(
        optimizer="adamw", learning_rate=0.02, embedding_learning_rate=0.01, weight_decay=0.0
    )
    settings = LoopSettings(
        rates=rates,
        warmup_fraction=0.1,
        decay_fraction=0.4,
        checkpoint_tokens=8 * ROWS * CONTEXT,
    )
    return model, Loop(model, plain.objective, settings, MACHINE, scratch)


def test_first_values_hang_on_seed_and_name_alone(tmp_path: Path) -> None:
    first, second, other = (make_loop(tmp_path / str(n))[0] for n in range(3))
    for model, seed in ((first, 5), (second, 5), (other, 6)):
        adapt(model, SPEC, seed=seed)
    for name, value in adapter_tensors(first).items():
        assert torch.equal(value, adapter_tensors(second)[name])
        if name.endswith("lora_B.weight"):
            assert not value.any()
        else:
            assert not torch.equal(value, adapter_tensors(other)[name])
            # The variance of peft's kaiming-uniform first values.
            assert float(value.std()) == pytest.approx((3 * value.shape[1]) ** -0.5, rel=0.15)


def test_no_spec_is_no_adapter(tmp_path: Path) -> None:
    model, _ = make_loop(tmp_path)
    assert adapt(model, None, seed=0) is model and not adapter_tensors(model)
    assert settle(model, None, tmp_path, base="") is model
    assert not (tmp_path / ADAPTER).exists()


def test_only_adapters_move_and_only_they_are_kept(tmp_path: Path) -> None:
    model, loop = adapted_loop(tmp_path)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    summary = loop.run("test")
    assert summary.final_loss < summary.log[0]["loss"]
    moved = {n for n, value in model.state_dict().items() if not torch.equal(value, before[n])}
    assert moved == set(adapter_tensors(model))
    checkpoint = latest_checkpoint(tmp_path)
    assert checkpoint is not None
    kept = {name.removeprefix("model/") for name in checkpoint.names() if name.startswith("model/")}
    assert kept == set(adapter_tensors(model))


def test_an_interrupted_run_resumes_to_the_same_bits(tmp_path: Path) -> None:
    with numeric_settings(MACHINE):
        model, loop = adapted_loop(tmp_path / "whole")
        whole = loop.run("test")
        _, cut = adapted_loop(tmp_path / "cut")
        take = cut._take_step

        def killed() -> None:
            if cut.step == 13:
                raise KeyboardInterrupt
            take()

        cut._take_step = killed  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            cut.run("test")
        resumed, loop = adapted_loop(tmp_path / "cut")
        summary = loop.run("test")
    assert summary.resumed_at == 8 * ROWS * CONTEXT
    assert summary.log == whole.log
    for name, value in model.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name


def test_what_is_published_is_the_merged_model_with_its_adapter_beside(tmp_path: Path) -> None:
    model, loop = adapted_loop(tmp_path / "scratch")
    loop.run("test")
    ids = torch.arange(64, 64 + CONTEXT)[None]
    with torch.no_grad():
        before = model(ids)
        merged = settle(model, SPEC, tmp_path, base="own")
        torch.testing.assert_close(merged(ids), before, rtol=0, atol=1e-4)
    assert not adapter_tensors(merged)
    assert {path.name for path in (tmp_path / ADAPTER).iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
