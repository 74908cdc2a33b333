"""Stretched rotary positions are those that transformers computes from the same config.json."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tertulia.errors import ModelError
from tertulia.model.config import ModelConfig, from_hugging_face, to_hugging_face
from tertulia.model.rotary_scaling import RotaryScaling, published_scaling
from tertulia.model.transformer import Transformer

LLAMA_3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}


def config(scaling: RotaryScaling | None) -> ModelConfig:
    return ModelConfig(
        vocabulary=128, width=64, depth=2, heads=2, kv_heads=1, head_width=32, hidden=64,
        context=64, rope_scaling=scaling,
    )  # fmt: skip


@pytest.mark.parametrize("rope", [LLAMA_3, {"rope_type": "linear", "factor": 4.0}])
def test_logits_are_those_of_transformers(rope: dict[str, Any]) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    model = Transformer(config(published_scaling(rope))).eval()
    theirs = LlamaForCausalLM(LlamaConfig(**to_hugging_face(model.config))).eval()
    theirs.load_state_dict(model.state_dict())
    ids = torch.randint(0, 128, (2, 48))
    plain = Transformer(config(None)).eval()
    plain.load_state_dict(model.state_dict())
    with torch.no_grad():
        assert (theirs(ids).logits - model(ids)).abs().max() < 1e-4
        assert (plain(ids) - model(ids)).abs().max() > 1e-3


@pytest.mark.parametrize("key", ["rope_scaling", "rope_parameters"])
def test_it_is_read_from_either_key_and_written_again(key: str) -> None:
    values = to_hugging_face(config(None)) | {key: LLAMA_3 | {"rope_theta": 500_000.0}}
    if key == "rope_scaling":
        del values["rope_parameters"]
    read = from_hugging_face(values)
    assert read.rope_scaling == RotaryScaling(kind="llama3", factor=8.0, original_context=16)
    assert read.rope_theta == 500_000.0
    assert from_hugging_face(to_hugging_face(read)) == read


def test_other_kinds_are_refused() -> None:
    with pytest.raises(ModelError) as caught:
        published_scaling({"type": "yarn", "factor": 2.0})
    assert caught.value.code == "model.rope-scaling"


def test_a_missing_number_is_named() -> None:
    values = to_hugging_face(config(None)) | {"rope_parameters": {"rope_type": "llama3"}}
    with pytest.raises(ModelError, match="factor"):
        from_hugging_face(values)
