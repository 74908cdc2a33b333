"""Keys and values of the tokens already read, so that each new token costs one step."""

from __future__ import annotations

import torch
from torch import Tensor

from tertulia.model.config import ModelConfig


class KeyValueCache:
    """Room for `max_length` positions of `batch` sequences; `length` of them are filled."""

    def __init__(
        self,
        config: ModelConfig,
        batch: int,
        max_length: int,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        shape = (config.depth, batch, config.kv_heads, max_length, config.head_width)
        self.keys = torch.zeros(shape, device=device, dtype=dtype)
        self.values = torch.zeros(shape, device=device, dtype=dtype)
        self.max_length = max_length
        self.length = 0

    def positions(self, tokens: int) -> Tensor:
        """Where the next `tokens` stand (T,)."""
        return torch.arange(self.length, self.length + tokens, device=self.keys.device)

    def mask(self, tokens: int) -> Tensor | None:
        """What each of the `tokens` last appended may see; None where that needs no telling."""
        end = self.length + tokens
        if tokens in (1, end):
            return None
        # is_causal would set its triangle top left.
        whole = torch.ones(tokens, end, dtype=torch.bool, device=self.keys.device)
        return whole.tril(diagonal=self.length)

    def append(self, layer: int, key_BHTK: Tensor, value_BHTK: Tensor) -> tuple[Tensor, Tensor]:
        """Stores a layer's new keys and values and returns all of that layer's so far.

        `length` moves on only when the model has passed every layer: see `advance`.
        """
        end = self.length + key_BHTK.shape[2]
        assert end <= self.max_length, "the caller makes room before it appends"
        self.keys[layer, :, :, self.length : end] = key_BHTK
        self.values[layer, :, :, self.length : end] = value_BHTK
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]

    def advance(self, tokens: int) -> None:
        """Marks `tokens` more positions as filled."""
        self.length += tokens
