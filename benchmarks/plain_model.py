"""The model of the plain loops: a Llama of torch's own parts, as written in an afternoon.

It shares nothing with tertulia's but the names of its parameters, so that tertulia's scorer can
read what was trained. Attention is torch's `scaled_dot_product_attention` with a causal triangle,
across the documents of a row. Shapes: B batch, T tokens, D width, H heads, K head width, V
vocabulary.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tertulia.model.config import ModelConfig


class PlainAttention(nn.Module):
    """Causal attention with rotary positions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.width = config.head_width
        inner, shared = config.heads * self.width, config.kv_heads * self.width
        self.q_proj = nn.Linear(config.width, inner, bias=False)
        self.k_proj = nn.Linear(config.width, shared, bias=False)
        self.v_proj = nn.Linear(config.width, shared, bias=False)
        self.o_proj = nn.Linear(inner, config.width, bias=False)

    def forward(self, x_BTD: Tensor, cos_TK: Tensor, sin_TK: Tensor) -> Tensor:
        batch, tokens, _ = x_BTD.shape
        query, key, value = (
            part(x_BTD).view(batch, tokens, -1, self.width).transpose(1, 2)
            for part in (self.q_proj, self.k_proj, self.v_proj)
        )
        query, key = (_turned(x, cos_TK, sin_TK) for x in (query, key))
        out = F.scaled_dot_product_attention(
            query, key, value, is_causal=True, enable_gqa=query.shape[1] != key.shape[1]
        )
        return self.o_proj(out.transpose(1, 2).reshape(batch, tokens, -1))  # type: ignore[no-any-return]


class PlainFeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.up_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.down_proj = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, x_BTD: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x_BTD)) * self.up_proj(x_BTD))  # type: ignore[no-any-return]


class PlainBlock(nn.Module):
    """One layer."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(config.width, config.norm_eps)
        self.self_attn = PlainAttention(config)
        self.post_attention_layernorm = nn.RMSNorm(config.width, config.norm_eps)
        self.mlp = PlainFeedForward(config)

    def forward(self, x_BTD: Tensor, cos_TK: Tensor, sin_TK: Tensor) -> Tensor:
        x_BTD = x_BTD + self.self_attn(self.input_layernorm(x_BTD), cos_TK, sin_TK)
        return x_BTD + self.mlp(self.post_attention_layernorm(x_BTD))  # type: ignore[no-any-return]


class PlainModel(nn.Module):
    """Token ids (B, T) in, logits (B, T, V) out."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        embedding = nn.Embedding(config.vocabulary, config.width)
        self.model = nn.ModuleDict(
            {
                "embed_tokens": embedding,
                "layers": nn.ModuleList(PlainBlock(config) for _ in range(config.depth)),
                "norm": nn.RMSNorm(config.width, config.norm_eps),
            }
        )
        self.lm_head = nn.Linear(config.width, config.vocabulary, bias=False)
        if config.tied:
            self.lm_head.weight = embedding.weight
        # Tables made once: nothing of them is computed again in a step.
        half = torch.arange(0, config.head_width, 2) / config.head_width
        angle = torch.outer(torch.arange(config.context), config.rope_theta**-half).repeat(1, 2)
        self.register_buffer("cos_TK", angle.cos(), persistent=False)
        self.register_buffer("sin_TK", angle.sin(), persistent=False)

    def forward(self, ids_BT: Tensor) -> Tensor:
        tokens = ids_BT.shape[1]
        cos_TK, sin_TK = self.get_buffer("cos_TK")[:tokens], self.get_buffer("sin_TK")[:tokens]
        x_BTD = self.model["embed_tokens"](ids_BT)
        for layer in self.model["layers"]:  # type: ignore[attr-defined]
            x_BTD = layer(x_BTD, cos_TK, sin_TK)
        return self.lm_head(self.model["norm"](x_BTD))  # type: ignore[no-any-return]


def _turned(x_BHTK: Tensor, cos_TK: Tensor, sin_TK: Tensor) -> Tensor:
    first, second = x_BHTK.chunk(2, dim=-1)
    turned = torch.cat((-second, first), dim=-1)
    return (x_BHTK * cos_TK + turned * sin_TK).to(x_BHTK.dtype)
