"""Warmup-stable-decay: the rate rises, holds, and falls in a line to zero.

The stable part can be prolonged without redoing it, which a cosine cannot (Hu et al. 2024,
MiniCPM, arXiv 2404.06395).
"""

from __future__ import annotations


def rate_factor(progress: float, *, warmup: float, decay: float) -> float:
    """The factor on the peak rate at `progress` in [0, 1] of the tokens."""
    if progress < warmup:
        return progress / warmup
    if progress > 1.0 - decay:
        return max(0.0, (1.0 - progress) / decay)
    return 1.0
