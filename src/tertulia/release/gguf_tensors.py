"""The Llama tensors under llama.cpp's names and in its rotary layout.

Hugging Face rotates the first half of a head against its second half; llama.cpp's `llama`
architecture rotates neighbours. The rows of the query and key matrices are therefore interleaved
on the way out, head by head; nothing else changes but the names.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tertulia.errors import ModelError
from tertulia.release.json_files import read_json

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


class _Slice(Protocol):
    """What safetensors answers before a tensor is read."""

    def get_shape(self) -> list[int]: ...


def gguf_name(name: str) -> str:
    """llama.cpp's name of the parameter that Hugging Face's Llama calls `name`.

    Raises ModelError `release.not-llama` for a parameter that the architecture lacks.
    """
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    match = _LAYER.fullmatch(name)
    if match is None or match[2] not in _IN_LAYER:
        raise ModelError(
            "release.not-llama",
            f"'{name}' is not a parameter of the Llama architecture",
            remedy="Only Llama-shaped models without biases can be exported to GGUF",
        )
    return f"blk.{match[1]}.{_IN_LAYER[match[2]]}"


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


class StoredTensors:
    """The parameters of a model folder, one in memory at a time.

    Reads `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
    """

    def __init__(self, folder: Path, *, heads: int, kv_heads: int, tied: bool) -> None:
        self._heads = {"q_proj": heads, "k_proj": kv_heads}
        self._files = _open_tensors(folder)
        self.names = sorted(
            (name for name in self._files if not (tied and name == "lm_head.weight")), key=_order
        )
        """Hugging Face's names in the order of the file: embedding, layers, norm, output."""

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a parameter, without reading it."""
        stored: _Slice = self._files[name].get_slice(name)
        return tuple(stored.get_shape())

    def read(self, name: str) -> NDArray[np.float32]:
        """A parameter as float32 in llama.cpp's layout."""
        import torch

        values: NDArray[np.float32] = self._files[name].get_tensor(name).to(torch.float32).numpy()
        for projection, heads in self._heads.items():
            if name.endswith(f"self_attn.{projection}.weight"):
                return interleave_rotary(values, heads)
        return values


def stored_tensors(folder: Path, config: dict[str, Any]) -> StoredTensors:
    """The tensors of a model folder whose `config.json` holds `config`."""
    heads = int(config["num_attention_heads"])
    return StoredTensors(
        folder,
        heads=heads,
        kv_heads=int(config.get("num_key_value_heads") or heads),
        tied=bool(config.get("tie_word_embeddings", False)),
    )


def _open_tensors(folder: Path) -> dict[str, Any]:
    from safetensors import safe_open

    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = sorted(set(read_json(index)["weight_map"].values()))
    else:
        shards = ["model.safetensors"]
    opened: dict[str, Any] = {}
    for shard in shards:
        # A name in an index comes from outside: it may not lead out of the folder.
        path = folder / Path(shard).name
        if not path.is_file():
            raise ModelError(
                "release.folder-incomplete", f"the model folder lacks '{shard}'", where=str(folder)
            )
        file = safe_open(path, framework="pt")
        names: list[str] = file.keys()  # type: ignore[no-untyped-call]
        opened.update(dict.fromkeys(names, file))
    return opened


def _order(name: str) -> tuple[int, int, int]:
    match = _LAYER.fullmatch(name)
    if match is not None:
        place = list(_IN_LAYER).index(match[2]) if match[2] in _IN_LAYER else len(_IN_LAYER)
        return (1, int(match[1]), place)
    place = list(_OUTSIDE).index(name) if name in _OUTSIDE else len(_OUTSIDE)
    return (0 if name == "model.embed_tokens.weight" else 2, 0, place)
