"""Keys and values of sequences of unlike lengths that go on together, one token each per step.

Sequences join and leave between steps. Rows lie side by side, so that a step works on views: the
last row moves into the place of one that leaves.

Shapes: N layers, B rows, H key-value heads, T tokens, K head width.
"""

from __future__ import annotations

import torch
from torch import Tensor

from tertulia.model.config import ModelConfig

_LEAST_LENGTH = 128


class BatchCache:
    """Room that grows with its rows and with the longest of them."""

    def __init__(
        self,
        config: ModelConfig,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self._depth, self._heads, self._width = config.depth, config.kv_heads, config.head_width
        self._device, self._dtype = device, dtype
        self._mask: Tensor | None = None
        self._places = torch.empty(0, dtype=torch.int64)
        self.lengths: list[int] = []
        """Of each row: how many positions are filled."""
        self._free()

    def join(self, keys_NHTK: Tensor, values_NHTK: Tensor) -> None:
        """Adds a row at the end that holds what was read of a sequence."""
        row, length = len(self.lengths), keys_NHTK.shape[2]
        self._fit(row + 1, length)
        self._keys[:, row, :, :length] = keys_NHTK
        self._values[:, row, :, :length] = values_NHTK
        self.lengths.append(length)

    def leave(self, row: int) -> None:
        """Removes a row; the last one takes its number."""
        last = len(self.lengths) - 1
        if row != last:
            length = self.lengths[last]
            self._keys[:, row, :, :length] = self._keys[:, last, :, :length]
            self._values[:, row, :, :length] = self._values[:, last, :, :length]
            self.lengths[row] = length
        del self.lengths[last]
        if not self.lengths:
            self._free()

    def copy(self, row: int) -> tuple[Tensor, Tensor]:
        """Keys and values (N, H, T, K) of a row, on their own."""
        length = self.lengths[row]
        return self._keys[:, row, :, :length].clone(), self._values[:, row, :, :length].clone()

    def positions(self, tokens: int) -> Tensor:
        """Where each row's next token stands (B, 1); makes room for it."""
        assert tokens == 1, "rows of unlike lengths go on by one token at a time"
        longest = max(self.lengths) + 1
        self._fit(len(self.lengths), longest)
        self._places = torch.tensor(self.lengths, device=self._device)
        seen = torch.arange(longest, device=self._device) <= self._places[:, None]
        self._mask = None if len(set(self.lengths)) == 1 else seen[:, None, None]
        return self._places[:, None]

    def mask(self, tokens: int) -> Tensor | None:
        """Which positions each row may see (B, 1, 1, T); None where all have one length."""
        assert tokens == 1
        return self._mask

    def append(self, layer: int, key_BH1K: Tensor, value_BH1K: Tensor) -> tuple[Tensor, Tensor]:
        """Stores a layer's new keys and values and returns that layer's up to the longest row."""
        rows, longest = len(self.lengths), max(self.lengths) + 1
        every = torch.arange(rows, device=self._device)
        keys, values = self._keys[layer, :rows], self._values[layer, :rows]
        keys[every, :, self._places] = key_BH1K[:, :, 0]
        values[every, :, self._places] = value_BH1K[:, :, 0]
        return keys[:, :, :longest], values[:, :, :longest]

    def advance(self, tokens: int) -> None:
        """Marks one more position of every row as filled."""
        self.lengths = [length + tokens for length in self.lengths]

    def _fit(self, rows: int, length: int) -> None:
        had_rows, had_length = self._keys.shape[1], self._keys.shape[3]
        if rows <= had_rows and length <= had_length:
            return
        # Twice as much each time: growing costs less than reading, whatever the length.
        new_rows = had_rows if rows <= had_rows else max(rows, 2 * had_rows)
        new_length = had_length if length <= had_length else max(length, 2 * had_length)
        old_keys, old_values = self._keys, self._values
        self._allocate(new_rows, new_length)
        self._keys[:, :had_rows, :, :had_length] = old_keys
        self._values[:, :had_rows, :, :had_length] = old_values

    def _free(self) -> None:
        self._allocate(0, _LEAST_LENGTH)

    def _allocate(self, rows: int, length: int) -> None:
        shape = (self._depth, rows, self._heads, length, self._width)
        # Zeros: what is masked still takes part in the product, and 0 · NaN is NaN.
        self._keys = torch.zeros(shape, device=self._device, dtype=self._dtype)
        self._values = torch.zeros(shape, device=self._device, dtype=self._dtype)
