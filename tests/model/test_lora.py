"""An adapter changes nothing at first, trains alone, and merges into the same model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tertulia.model.lora import LoraLinear, adapter_tensors, add_adapters, merge, save_adapter
from tertulia.model.transformer import Transformer
from tests.release.tiny_model import build_model

IDS = torch.arange(64, 104).reshape(2, 20)
ALL = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def adapted(targets: tuple[str, ...] = ALL, *, zero: bool = False) -> Transformer:
    model = build_model(tied=True, vocabulary=512)
    add_adapters(model, rank=4, alpha=8.0, targets=targets)
    generator = torch.Generator().manual_seed(2)
    for name, value in adapter_tensors(model).items():
        value.normal_(std=0.0 if zero and "lora_B" in name else 0.1, generator=generator)
    return model


@torch.no_grad()
def logits(model: Transformer) -> torch.Tensor:
    return model(IDS)


def test_a_zero_b_changes_nothing() -> None:
    assert torch.equal(logits(adapted(zero=True)), logits(build_model(tied=True, vocabulary=512)))


@pytest.mark.parametrize("targets", [ALL, ("q_proj", "down_proj")])
def test_only_adapters_train(targets: tuple[str, ...]) -> None:
    model = adapted(targets)
    model(IDS).sum().backward()
    trained = {name for name, p in model.named_parameters() if p.grad is not None}
    assert trained == set(adapter_tensors(model))
    assert len(trained) == 2 * 2 * len(targets)
    assert {name.split(".")[-3] for name in trained} == set(targets)


def test_merging_gives_the_plain_model_that_computes_the_same() -> None:
    model, plain = adapted(), build_model(tied=True, vocabulary=512)
    before = logits(model)
    assert (before - logits(plain)).abs().max() > 0.1
    merged = merge(model)
    torch.testing.assert_close(logits(merged), before, rtol=0, atol=1e-4)
    assert not any(isinstance(module, LoraLinear) for module in merged.modules())
    assert set(merged.state_dict()) == set(plain.state_dict())
    assert all(p.requires_grad for p in merged.parameters())
    assert merged.lm_head.weight is merged.model.embed_tokens.weight


def test_the_frozen_model_keeps_its_published_names_and_values() -> None:
    model, plain = adapted(), build_model(tied=True, vocabulary=512)
    values = model.state_dict()
    assert all(torch.equal(values[name], value) for name, value in plain.state_dict().items())


def test_the_adapter_on_disk_is_in_peft_s_layout(tmp_path: Path) -> None:
    model = adapted(("q_proj", "up_proj"))
    save_adapter(model, tmp_path / "adapter", base="tertulia-1m-base-v0.1")
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert config["peft_type"] == "LORA" and config["task_type"] == "CAUSAL_LM"
    assert (config["r"], config["lora_alpha"], config["lora_dropout"]) == (4, 8.0, 0.0)
    assert config["target_modules"] == ["q_proj", "up_proj"]
    assert config["base_model_name_or_path"] == "tertulia-1m-base-v0.1"
    tensors = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert tensors["base_model.model.model.layers.1.mlp.up_proj.lora_A.weight"].shape == (4, 128)
    assert tensors["base_model.model.model.layers.1.mlp.up_proj.lora_B.weight"].shape == (256, 4)
    assert len(tensors) == 8


def test_it_follows_the_precision_of_its_model() -> None:
    model = build_model(tied=True, vocabulary=512).to(torch.bfloat16)
    add_adapters(model, rank=2, alpha=2.0, targets=("v_proj",))
    assert {value.dtype for value in adapter_tensors(model).values()} == {torch.bfloat16}
