"""The Llama tensors under llama.cpp's names and in its rotary layout.

Hugging Face rotates the first half of a head against its second half; llama.cpp's `llama`
architecture rotates neighbours. The rows of the query and key matrices are therefore interleaved
on the way to a GGUF file, head by head, and halved on the way back; nothing else changes but the
names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tertulia.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LAYER = re.compile(r"model\.layers\.(\d+)\.(.+)")
_IN_LAYER = {
    "input_layernorm.weight": "attn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
}
_OUTSIDE = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def gguf_name(name: str) -> str:
    """llama.cpp's name of the parameter that Hugging Face's Llama calls `name`.

    Raises ModelError `model.not-llama` for a parameter that the architecture lacks.
    """
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    match = _LAYER.fullmatch(name)
    if match is None or match[2] not in _IN_LAYER:
        raise ModelError(
            "model.not-llama",
            f"'{name}' is not a parameter of the Llama architecture",
            remedy="Only Llama-shaped models without biases can be exported to GGUF",
        )
    return f"blk.{match[1]}.{_IN_LAYER[match[2]]}"


def file_order(name: str) -> tuple[int, int, int]:
    """Sorts Hugging Face's names as a GGUF file has them: embedding, layers, norm, output."""
    match = _LAYER.fullmatch(name)
    if match is not None:
        place = list(_IN_LAYER).index(match[2]) if match[2] in _IN_LAYER else len(_IN_LAYER)
        return (1, int(match[1]), place)
    place = list(_OUTSIDE).index(name) if name in _OUTSIDE else len(_OUTSIDE)
    return (0 if name == "model.embed_tokens.weight" else 2, 0, place)


def interleave_rotary(rows_RD: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of a query or key matrix in llama.cpp's order: row i of each half side by side.

    `rows_RD` is (heads * head width, width).
    """
    rows, width = rows_RD.shape
    half = rows // heads // 2
    return rows_RD.reshape(heads, 2, half, width).swapaxes(1, 2).reshape(rows, width)


def halve_rotary(rows_RD: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """The inverse of `interleave_rotary`: from llama.cpp's order back to Hugging Face's."""
    rows, width = rows_RD.shape
    half = rows // heads // 2
    return rows_RD.reshape(heads, half, 2, width).swapaxes(1, 2).reshape(rows, width)
