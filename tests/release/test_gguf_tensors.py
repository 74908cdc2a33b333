"""llama.cpp's names, and its rotary layout."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tertulia.errors import ModelError
from tertulia.model.gguf_layout import gguf_name, halve_rotary, interleave_rotary


def test_names_are_llama_cpps() -> None:
    assert gguf_name("model.embed_tokens.weight") == "token_embd.weight"
    assert gguf_name("model.layers.11.self_attn.k_proj.weight") == "blk.11.attn_k.weight"
    assert gguf_name("model.layers.0.mlp.down_proj.weight") == "blk.0.ffn_down.weight"
    assert gguf_name("lm_head.weight") == "output.weight"


def test_a_parameter_that_llama_lacks_is_refused() -> None:
    with pytest.raises(ModelError) as caught:
        gguf_name("model.layers.0.self_attn.q_proj.bias")
    assert caught.value.code == "model.not-llama"


def test_interleaving_puts_each_halfs_rows_side_by_side() -> None:
    rows = np.arange(8, dtype=np.float32)[:, None]
    assert interleave_rotary(rows, heads=2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_halving_undoes_interleaving() -> None:
    rows = np.random.default_rng(0).normal(size=(48, 5)).astype(np.float32)
    np.testing.assert_array_equal(halve_rotary(interleave_rotary(rows, heads=3), heads=3), rows)


def test_rotating_neighbours_after_interleaving_gives_the_scores_of_rotating_halves() -> None:
    """The reason for it all: llama.cpp turns pairs (2i, 2i+1), Hugging Face pairs (i, i + half)."""
    generator = torch.Generator().manual_seed(0)
    query, key = torch.randn(2, 8, generator=generator, dtype=torch.float64)
    angle = torch.tensor([0.3, 1.1, 2.0, -0.7], dtype=torch.float64)

    def turned_halves(x: torch.Tensor) -> torch.Tensor:
        a, b = x[:4], x[4:]
        return torch.cat((a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()))

    def turned_neighbours(x: torch.Tensor) -> torch.Tensor:
        a, b = x[0::2], x[1::2]
        pairs = (a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin())
        return torch.stack(pairs, dim=1).flatten()

    def interleaved(x: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(interleave_rotary(x.numpy()[:, None], heads=1)[:, 0])

    halves = turned_halves(query) @ key
    neighbours = turned_neighbours(interleaved(query)) @ interleaved(key)
    torch.testing.assert_close(halves, neighbours)
