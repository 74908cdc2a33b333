"""Models on disk: the Hugging Face layout of the Llama family, and nothing pickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from tertulia.errors import ModelError
from tertulia.model.config import from_hugging_face, to_hugging_face
from tertulia.model.transformer import Transformer

_WEIGHTS = "model.safetensors"


def save_model(model: Transformer, folder: Path, facts: dict[str, Any] | None = None) -> None:
    """Writes `config.json`, `generation_config.json`, `model.safetensors` and `tertulia.json`.

    Weights are stored in float32; a tied output matrix is not stored twice.
    """
    tensors = {
        name: value.detach().to("cpu", torch.float32).contiguous()
        for name, value in model.state_dict().items()
        if not (model.config.tied and name == "lm_head.weight")
    }
    save_file(tensors, folder / _WEIGHTS, metadata={"format": "pt"})
    _write_json(folder / "config.json", to_hugging_face(model.config))
    _write_json(
        folder / "generation_config.json",
        {"bos_token_id": 1, "eos_token_id": [2, 4], "pad_token_id": 0},
    )
    _write_json(folder / "tertulia.json", {"schema": 1, **(facts or {})})


def load_model(
    folder: Path, device: str = "cpu", dtype: torch.dtype = torch.float32
) -> Transformer:
    """Opens a model folder; raises ModelError that names the file at fault."""
    config = from_hugging_face(_read_json(folder / "config.json"))
    with torch.device("meta"):
        model = Transformer(config)
    tensors = _read_weights(folder)
    if config.tied:
        tensors.setdefault(
            "lm_head.weight", tensors.get("model.embed_tokens.weight", torch.empty(0))
        )
    expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    if expected != found:
        wrong = sorted(set(expected.items()) ^ set(found.items()))[:1]
        raise ModelError(
            "model.weights-differ",
            f"the weights do not fit config.json; the first that differs is {wrong[0][0]}",
            where=str(folder / _WEIGHTS),
            remedy="Copy the whole model folder again from where it was released",
        )
    model.load_state_dict(
        {name: value.to(device, dtype) for name, value in tensors.items()}, assign=True
    )
    if config.tied:
        model.lm_head.weight = model.model.embed_tokens.weight
    return model


def _read_weights(folder: Path) -> dict[str, torch.Tensor]:
    index = folder / (_WEIGHTS + ".index.json")
    names = sorted(set(_read_json(index)["weight_map"].values())) if index.exists() else [_WEIGHTS]
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
