"""The transformer: a decoder of the Llama family whose parameter names are the published names.

Shapes: B batch, T tokens, D width, H heads, K head width, F inner width, V vocabulary.

The model knows nothing of devices, processes or precision. Trap: positions are counted along the
packed row, not from each document's start; rotary attention sees only differences, and the mask
keeps documents apart, so the two are the same.
"""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from tertulia.model.attention import Documents, attend, find_documents
from tertulia.model.batch_cache import BatchCache
from tertulia.model.cache import KeyValueCache
from tertulia.model.config import ModelConfig


def rotary_table(config: ModelConfig, positions: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines and sines (…, K) of positions (…), in float32 whatever the model's precision."""
    half = torch.arange(0, config.head_width, 2, device=positions.device, dtype=torch.float32)
    frequency = 1.0 / config.rope_theta ** (half / config.head_width)
    if config.rope_scaling is not None:
        frequency = config.rope_scaling.apply(frequency)
    angle = positions.float()[..., None] * frequency
    angle = torch.cat((angle, angle), dim=-1)
    return angle.cos(), angle.sin()


def _rotate(x_BTHK: Tensor, cos_TK: Tensor, sin_TK: Tensor) -> Tensor:
    """The table is of all rows, or (B, T, K) where each row stands elsewhere."""
    first, second = x_BTHK.chunk(2, dim=-1)
    turned = torch.cat((-second, first), dim=-1)
    return (x_BTHK * cos_TK.unsqueeze(-2) + turned * sin_TK.unsqueeze(-2)).to(x_BTHK.dtype)


class RMSNorm(nn.Module):
    """Divides by the root mean square, in float32."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x_BTD: Tensor) -> Tensor:
        wide = x_BTD.float()
        scale = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return (wide * scale * self.weight.float()).to(x_BTD.dtype)


class Attention(nn.Module):
    """Causal self-attention with rotary positions; key-value heads may be shared."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.heads, self.kv_heads = config.heads, config.kv_heads
        self.head_width = config.head_width
        inner, shared = config.heads * config.head_width, config.kv_heads * config.head_width
        self.q_proj = nn.Linear(config.width, inner, bias=False)
        self.k_proj = nn.Linear(config.width, shared, bias=False)
        self.v_proj = nn.Linear(config.width, shared, bias=False)
        self.o_proj = nn.Linear(inner, config.width, bias=False)

    def forward(
        self,
        x_BTD: Tensor,
        rotary: tuple[Tensor, Tensor],
        documents: Documents | None,
        cache: KeyValueCache | BatchCache | None,
    ) -> Tensor:
        batch, tokens, _ = x_BTD.shape

        def split(x: Tensor, heads: int) -> Tensor:
            return x.view(batch, tokens, heads, self.head_width)

        query = _rotate(split(self.q_proj(x_BTD), self.heads), *rotary)
        key = _rotate(split(self.k_proj(x_BTD), self.kv_heads), *rotary)
        value = split(self.v_proj(x_BTD), self.kv_heads)
        if cache is None:
            out = attend(query, key, value, documents)
        else:
            key, value = cache.append(self.layer, key.transpose(1, 2), value.transpose(1, 2))
            out = F.scaled_dot_product_attention(
                query.transpose(1, 2),
                key,
                value,
                attn_mask=cache.mask(tokens),
                is_causal=tokens > 1 and tokens == key.shape[2],
                enable_gqa=self.heads != self.kv_heads,
            ).transpose(1, 2)
        return self.o_proj(out.reshape(batch, tokens, -1))  # type: ignore[no-any-return]


class FeedForward(nn.Module):
    """The gated feed-forward block (SwiGLU)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.up_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.down_proj = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, x_BTD: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x_BTD)) * self.up_proj(x_BTD))  # type: ignore[no-any-return]


class Block(nn.Module):
    """One layer: attention, then feed-forward, each after a norm and added to the stream."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.width, config.norm_eps)
        self.self_attn = Attention(config, layer)
        self.post_attention_layernorm = RMSNorm(config.width, config.norm_eps)
        self.mlp = FeedForward(config)

    def forward(
        self,
        x_BTD: Tensor,
        rotary: tuple[Tensor, Tensor],
        documents: Documents | None,
        cache: KeyValueCache | BatchCache | None,
    ) -> Tensor:
        x_BTD = x_BTD + self.self_attn(self.input_layernorm(x_BTD), rotary, documents, cache)
        return x_BTD + self.mlp(self.post_attention_layernorm(x_BTD))  # type: ignore[no-any-return]


class Stack(nn.Module):
    """Embedding, blocks and the last norm: what the published names call `model`."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocabulary, config.width)
        self.layers = nn.ModuleList(Block(config, layer) for layer in range(config.depth))
        self.norm = RMSNorm(config.width, config.norm_eps)


class Transformer(nn.Module):
    """A language model: token ids in, logits of the next token out."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.recompute = False
        """Whether training runs each block again on the way back, to keep less in between."""
        self.bidirectional = False
        """Whether tokens see what follows them, as sentence vectors want and generating forbids."""
        self.model = Stack(config)
        self.lm_head = nn.Linear(config.width, config.vocabulary, bias=False)
        if config.tied:
            self.lm_head.weight = self.model.embed_tokens.weight

    def hidden(
        self,
        ids_BT: Tensor,
        *,
        documents_BT: Tensor | None = None,
        cache: KeyValueCache | BatchCache | None = None,
    ) -> Tensor:
        """The last norm's output (B, T, D), from which `lm_head` makes logits.

        `documents_BT` numbers the document of each token: a run of equal numbers is a document,
        and attention does not cross from one to the next. With a cache, the ids follow what it
        already holds.
        """
        tokens = ids_BT.shape[1]
        if cache is None:
            positions = torch.arange(tokens, device=ids_BT.device)
        else:
            positions = cache.positions(tokens)
        cos, sin = rotary_table(self.config, positions)
        x_BTD = self.model.embed_tokens(ids_BT)
        if torch.is_autocast_enabled(ids_BT.device.type):
            x_BTD = x_BTD.to(torch.get_autocast_dtype(ids_BT.device.type))
        rotary = (cos.to(x_BTD.dtype), sin.to(x_BTD.dtype))
        assert documents_BT is None or cache is None, "packed rows are for training, not generation"
        assert cache is None or not self.bidirectional, "what sees ahead cannot be continued"
        documents = self._documents(ids_BT, documents_BT)
        for layer in self.model.layers:
            if self.recompute and cache is None and torch.is_grad_enabled():
                x_BTD = checkpoint(layer, x_BTD, rotary, documents, None, use_reentrant=False)
            else:
                x_BTD = layer(x_BTD, rotary, documents, cache)
        if cache is not None:
            cache.advance(tokens)
        return self.model.norm(x_BTD)  # type: ignore[no-any-return]

    def _documents(self, ids_BT: Tensor, documents_BT: Tensor | None) -> Documents | None:
        if self.bidirectional:
            one_each = torch.zeros_like(ids_BT) if documents_BT is None else documents_BT
            return replace(find_documents(one_each), both_ways=True)
        return None if documents_BT is None else find_documents(documents_BT)

    def forward(
        self,
        ids_BT: Tensor,
        *,
        documents_BT: Tensor | None = None,
        cache: KeyValueCache | BatchCache | None = None,
    ) -> Tensor:
        """Logits (B, T, V) of the token after each position."""
        return self.lm_head(self.hidden(ids_BT, documents_BT=documents_BT, cache=cache))  # type: ignore[no-any-return]
