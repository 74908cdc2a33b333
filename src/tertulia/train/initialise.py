"""First weights from a counter, so that any shard on any device begins with the same numbers.

Each value is a function of (seed, parameter name, row, column) alone, computed on CPU in float32:
no generator is advanced, so nothing depends on the order in which parameters are made.
"""

from __future__ import annotations

import hashlib

import numpy as np
import torch
from numpy.typing import NDArray

from tertulia.model.transformer import Transformer
from tertulia.train.sharding import parts

_EMBEDDING_DEVIATION = 0.05
_ROWS_AT_A_TIME = 4096


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finaliser (Steele, Lea and Flood 2014), on a whole array."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def normal_rows(seed: int, name: str, first: int, rows: int, columns: int) -> torch.Tensor:
    """Standard normal values (rows, columns) of the rows from `first` on."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    key = np.uint64(int.from_bytes(digest[:8], "little"))
    with np.errstate(over="ignore"):
        cell = np.arange(first * columns, (first + rows) * columns, dtype=np.uint64)
        step = np.uint64(0x9E3779B97F4A7C15)
        high = _mix(key + (np.uint64(2) * cell + np.uint64(1)) * step)
        low = _mix(key + (np.uint64(2) * cell + np.uint64(2)) * step)
    # 53 bits each; the first is kept off zero for the logarithm (Box and Muller 1958).
    radius = np.sqrt(-2.0 * np.log(((high >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53))
    angle = (low >> np.uint64(11)).astype(np.float64) * (2.0 * np.pi * 2.0**-53)
    values = (radius * np.cos(angle)).astype(np.float32).reshape(rows, columns)
    return torch.from_numpy(values)


def _deviation(name: str, columns: int) -> float:
    if name.endswith(("embed_tokens.weight", "lm_head.weight")):
        return _EMBEDDING_DEVIATION
    if name.endswith(("o_proj.weight", "down_proj.weight")):
        return 0.0  # Each block begins as the identity, so depth costs nothing at the start.
    return float(0.5 * columns**-0.5)


@torch.no_grad()
def initialise(model: Transformer, seed: int) -> None:
    """Fills every parameter of a materialised model, of each the rows here; norms begin at one."""
    for part in parts(model):
        if part.local.ndim == 1:
            part.local.fill_(1.0)
            continue
        rows, columns = part.local.shape
        scale = _deviation(part.name, columns)
        for first in range(0, rows, _ROWS_AT_A_TIME):
            some = part.local[first : first + _ROWS_AT_A_TIME]
            values = normal_rows(seed, part.name, part.first + first, some.shape[0], columns)
            some.copy_(values.mul_(scale))
