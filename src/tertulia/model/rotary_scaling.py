"""Rotary positions stretched beyond the context that a model began with.

`linear` divides every frequency by a factor. `llama3` does so only to waves that are long beside
the original context, with a ramp between (Grattafiori et al. 2024, The Llama 3 Herd of Models;
the numbers are the keys of `rope_scaling` in a published config.json).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tertulia.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class RotaryScaling:
    """How frequencies are changed; the last three matter to `llama3` alone."""

    kind: Literal["linear", "llama3"]
    factor: float
    low_frequency_factor: float = 1.0
    high_frequency_factor: float = 4.0
    original_context: int = 8192

    def apply(self, frequency_K: Tensor) -> Tensor:
        """Frequencies in radians per token, K halves of a head's width."""
        import torch

        slow_K = frequency_K / self.factor
        if self.kind == "linear":
            return slow_K
        turns_K = self.original_context * frequency_K / (2 * math.pi)
        span = self.high_frequency_factor - self.low_frequency_factor
        ramp_K = ((turns_K - self.low_frequency_factor) / span).clamp(0.0, 1.0)
        return torch.lerp(slow_K, frequency_K, ramp_K)

    def divisors(self, theta: float, head_width: int) -> Tensor:
        """What each frequency is divided by (K,): how a GGUF file holds Llama 3's scaling."""
        import torch

        half_K = torch.arange(0, head_width, 2, dtype=torch.float32)
        frequency_K = 1.0 / theta ** (half_K / head_width)
        return frequency_K / self.apply(frequency_K)

    def as_published(self) -> dict[str, Any]:
        """The keys of `rope_scaling`."""
        if self.kind == "linear":
            return {"rope_type": "linear", "factor": self.factor}
        return {
            "rope_type": "llama3",
            "factor": self.factor,
            "low_freq_factor": self.low_frequency_factor,
            "high_freq_factor": self.high_frequency_factor,
            "original_max_position_embeddings": self.original_context,
        }


def published_scaling(rope: Mapping[str, Any]) -> RotaryScaling | None:
    """The scaling that a table `rope_scaling` or `rope_parameters` states; None for none.

    Raises ModelError `model.rope-scaling` for kinds that are not read, KeyError for a missing key.
    """
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "default":
        return None
    if kind == "linear":
        return RotaryScaling(kind="linear", factor=float(rope["factor"]))
    if kind == "llama3":
        return RotaryScaling(
            kind="llama3",
            factor=float(rope["factor"]),
            low_frequency_factor=float(rope["low_freq_factor"]),
            high_frequency_factor=float(rope["high_freq_factor"]),
            original_context=int(rope["original_max_position_embeddings"]),
        )
    raise ModelError(
        "model.rope-scaling",
        f"rotary positions scaled the way {kind!r} are not read",
        where="config.json, key rope_scaling",
        remedy="Choose a checkpoint without rope scaling, or with that of Llama 3",
    )
