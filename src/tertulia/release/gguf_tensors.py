"""The parameters of a model folder as a GGUF file stores them, read one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tertulia.errors import ModelError
from tertulia.model.gguf_layout import file_order, interleave_rotary
from tertulia.release.json_files import read_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class _Slice(Protocol):
    """What safetensors answers before a tensor is read."""

    def get_shape(self) -> list[int]: ...


class StoredTensors:
    """The parameters of a model folder, one in memory at a time.

    Reads `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
    """

    def __init__(self, folder: Path, *, heads: int, kv_heads: int, tied: bool) -> None:
        self._heads = {"q_proj": heads, "k_proj": kv_heads}
        self._files = _open_tensors(folder)
        self.names = sorted(
            (name for name in self._files if not (tied and name == "lm_head.weight")),
            key=file_order,
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
