"""How much of a model's context is served: what the memory holds for all answers at once.

Models come with contexts of a hundred thousand tokens and more. Engines take the room for it
beforehand, once for every answer that runs, and would take more than there is.
"""

from __future__ import annotations

from tertulia.model.config import ModelConfig

SHARE = 0.4
"""Of the memory for keys and values; the rest is for weights and everything else."""
_LEAST = 2_048
_STEP = 256
_BYTES = 2


def served_context(config: ModelConfig, rows: int, memory: int | None) -> int:
    """The tokens of a prompt and its answer together, `rows` of them at once in `memory` bytes.

    The model's own context where that fits, or where nothing tells how much memory there is.
    """
    if memory is None:
        return config.context
    a_token = 2 * config.depth * config.kv_heads * config.head_width * _BYTES
    room = int(SHARE * memory / (rows * a_token)) // _STEP * _STEP
    return min(config.context, max(_LEAST, room))
