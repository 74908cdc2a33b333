"""Models on disk: the Hugging Face layout of the Llama family, and nothing pickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from tertulia.errors import ModelError
from tertulia.model.config import ModelConfig, TokenIds, from_hugging_face, to_hugging_face
from tertulia.model.transformer import Transformer

_WEIGHTS = "model.safetensors"
_PICKLED = (".bin", ".pt", ".pth", ".ckpt")


def save_model(
    model: Transformer,
    folder: Path,
    facts: dict[str, Any] | None = None,
    tokens: TokenIds | None = None,
) -> None:
    """Writes `config.json`, `generation_config.json`, `model.safetensors` and `tertulia.json`.

    Weights are stored in float32; a tied output matrix is not stored twice. `tokens` are the ids
    of the tokenizer that goes with the model; ours where none are given.
    """
    tokens = tokens or TokenIds()
    tensors = {
        name: value.detach().to("cpu", torch.float32).contiguous()
        for name, value in model.state_dict().items()
        if not (model.config.tied and name == "lm_head.weight")
    }
    save_file(tensors, folder / _WEIGHTS, metadata={"format": "pt"})
    _write_json(folder / "config.json", to_hugging_face(model.config, tokens))
    _write_json(
        folder / "generation_config.json",
        {
            "bos_token_id": tokens.bos,
            "eos_token_id": list(tokens.eos),
            "pad_token_id": tokens.pad,
        },
    )
    _write_json(folder / "tertulia.json", {"schema": 1, **(facts or {})})


def load_model(
    folder: Path, device: str = "cpu", dtype: torch.dtype = torch.float32
) -> Transformer:
    """Opens a model folder or a GGUF file; raises ModelError that names the file at fault."""
    config, tensors, weights = _read_gguf(folder) if folder.is_file() else _read_folder(folder)
    with torch.device("meta"):
        model = Transformer(config)
    if config.tied:
        tensors["lm_head.weight"] = tensors.get("model.embed_tokens.weight", torch.empty(0))
    expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    if expected != found:
        wrong = sorted(set(expected.items()) ^ set(found.items()))[:1]
        raise ModelError(
            "model.weights-differ",
            f"the weights do not fit config.json; the first that differs is {wrong[0][0]}",
            where=str(weights),
            remedy="Copy the whole model folder again from where it was released",
        )
    model.load_state_dict(
        {name: value.to(device, dtype) for name, value in tensors.items()}, assign=True
    )
    if config.tied:
        model.lm_head.weight = model.model.embed_tokens.weight
    return model


def read_config(path: Path) -> ModelConfig:
    """The shape of a model folder or a GGUF file, without its weights; raises ModelError."""
    if path.is_file():
        from tertulia.model.gguf_weights import gguf_config
        from tertulia.store.gguf_file import GgufFile

        return gguf_config(GgufFile(path))
    return from_hugging_face(_read_json(path / "config.json"))


def _read_gguf(path: Path) -> tuple[ModelConfig, dict[str, torch.Tensor], Path]:
    from tertulia.model.gguf_weights import gguf_config, read_gguf_weights
    from tertulia.store.gguf_file import GgufFile

    file = GgufFile(path)
    config = gguf_config(file)
    return config, read_gguf_weights(file, config), path


def _read_folder(folder: Path) -> tuple[ModelConfig, dict[str, torch.Tensor], Path]:
    """Some publishers store what can be computed, such as rotary tables: that is left out."""
    config = from_hugging_face(_read_json(folder / "config.json"))
    tensors = _read_weights(folder)
    kept = {name: t for name, t in tensors.items() if not name.endswith("rotary_emb.inv_freq")}
    return config, kept, folder / _WEIGHTS


def _read_weights(folder: Path) -> dict[str, torch.Tensor]:
    names = _weight_files(folder)
    tensors: dict[str, torch.Tensor] = {}
    for name in names:
        # A name in an index comes from outside: it may not lead out of the folder.
        path = folder / Path(name).name
        try:
            tensors.update(load_file(path))
        except (OSError, SafetensorError) as error:
            raise ModelError(
                "model.weights-unreadable",
                f"the weights cannot be read: {error}",
                where=str(path),
                remedy="Copy the model folder again from where it was released",
            ) from error
    return tensors


def _weight_files(folder: Path) -> list[str]:
    """Names of the files of weights; raises ModelError for what only pickle could open."""
    index = folder / (_WEIGHTS + ".index.json")
    if index.exists():
        files = _read_json(index).get("weight_map")
        if not isinstance(files, dict) or not all(isinstance(f, str) for f in files.values()):
            raise ModelError(
                "model.file-unreadable", f"{index.name} has no table weight_map", where=str(index)
            )
        return sorted(set(files.values()))
    pickled = sorted(p.name for suffix in _PICKLED for p in folder.glob(f"*{suffix}"))
    if pickled and not (folder / _WEIGHTS).exists():
        raise ModelError(
            "model.pickled-weights",
            f"{pickled[0]} can run any program when it is opened, so it is not opened",
            where=str(folder),
            remedy="Take the same model as model.safetensors, or convert it where you trust it",
        )
    return [_WEIGHTS]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            "model.file-unreadable",
            f"{path.name} is missing or is not JSON",
            where=str(path),
            remedy="Point to a folder that holds config.json and model.safetensors",
        ) from error
    if not isinstance(values, dict):
        raise ModelError("model.file-unreadable", f"{path.name} is not a table", where=str(path))
    return values


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")
