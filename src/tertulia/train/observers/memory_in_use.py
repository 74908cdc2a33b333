"""The memory that a training process has taken at its highest, in bytes."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass

import torch

# Linux counts in KiB, macOS in bytes.
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, kw_only=True)
class MemoryInUse:
    """Peaks of this process since it began; None where there is no GPU, or it does not tell."""

    main: int
    device: int | None


def memory_in_use(device: str) -> MemoryInUse:
    """What the process has taken so far; of the GPU, what tensors took."""
    main = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    # Apple's GPU shares main memory.
    counted = device in ("cuda", "xpu") and torch.accelerator.is_available()
    return MemoryInUse(
        main=main, device=torch.accelerator.max_memory_allocated() if counted else None
    )
