"""Keys and values of what was read before, so that a prompt which begins alike is not read again.

Shapes: N layers, H key-value heads, T tokens, K head width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class _Entry:
    ids: NDArray[np.int64]
    keys_NHTK: Tensor
    values_NHTK: Tensor

    @property
    def size(self) -> int:
        return self.keys_NHTK.nbytes + self.values_NHTK.nbytes


class PrefixCache:
    """The sequences used last, as many as fit into `most_bytes`."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._entries: list[_Entry] = []
        """The one used last at the end."""
        self.size = 0
        """Bytes that are held."""

    def find(self, ids: Sequence[int]) -> tuple[Tensor, Tensor] | None:
        """Keys and values (N, H, T, K) of the longest beginning of `ids` that was kept."""
        wanted = np.asarray(ids, dtype=np.int64)
        lengths = [_shared(entry.ids, wanted) for entry in self._entries]
        if not lengths or max(lengths) == 0:
            return None
        length = max(lengths)
        entry = self._entries.pop(lengths.index(length))
        self._entries.append(entry)
        return entry.keys_NHTK[:, :, :length], entry.values_NHTK[:, :, :length]

    def keep(self, ids: Sequence[int], keys_NHTK: Tensor, values_NHTK: Tensor) -> None:
        """Keeps what was read of `ids`; what it makes needless or what is oldest goes."""
        new = _Entry(np.array(ids, dtype=np.int64), keys_NHTK, values_NHTK)
        if new.size > self._most or any(_begins(entry, new) for entry in self._entries):
            return
        self._entries = [entry for entry in self._entries if not _begins(new, entry)] + [new]
        while sum(entry.size for entry in self._entries) > self._most:
            del self._entries[0]
        self.size = sum(entry.size for entry in self._entries)


def _shared(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """How many ids two sequences begin with in common."""
    most = min(len(a), len(b))
    differs = np.flatnonzero(a[:most] != b[:most])
    return int(differs[0]) if len(differs) else most


def _begins(longer: _Entry, shorter: _Entry) -> bool:
    return _shared(longer.ids, shorter.ids) == len(shorter.ids)
