"""A model of sentence vectors on disk: whole numbers of eight bits, a scale for each row.

A folder with `config.json`, `tokenizer.json`, `model.safetensors` and `sentence_model.json`, which
holds the digests of the others. It reads texts in lower case and sees them in both directions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

    from tertulia.model.transformer import Transformer
    from tertulia.tokenizer.tokenizer import Tokenizer

FACTS = "sentence_model.json"
_CONFIG, _TOKENIZER, _WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"
_SCALE = ".scale"
_STEPS = 127


@dataclass(frozen=True)
class SentenceModel:
    """A model that is ready to run, and what is known of it."""

    name: str
    """Name, version and the first twelve digits of the weights' SHA-256."""
    transformer: Transformer
    tokenizer: Tokenizer


def save_sentence_model(
    transformer: Transformer, tokenizer: Path, folder: Path, *, name: str, facts: Mapping[str, Any]
) -> None:
    """Writes the model into `folder`; `facts` are what a reader should know of its making."""
    from safetensors.torch import save_file

    from tertulia.model.config import to_hugging_face

    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Tensor] = {}
    for key, value in transformer.model.state_dict().items():
        if value.ndim == 2:
            tensors[key], tensors[key + _SCALE] = rounded(value)
        else:
            tensors[key] = value.float().clone()
    save_file(tensors, folder / _WEIGHTS)
    config = {**to_hugging_face(transformer.config), "architectures": ["LlamaModel"]}
    _write(folder / _CONFIG, config | {"is_causal": False, "quantization": "int8 rows"})
    (folder / _TOKENIZER).write_bytes(tokenizer.read_bytes())
    digests = {file: _digest(folder / file) for file in (_CONFIG, _TOKENIZER, _WEIGHTS)}
    _write(folder / FACTS, {"schema": 1, "name": name, "sha256": digests, **facts})


def load_sentence_model(folder: Path) -> SentenceModel:
    """Reads a folder that `save_sentence_model` wrote.

    Raises ModelError `inference.sentence-model-damaged` where a file is missing or differs.
    """
    import torch
    from safetensors.torch import load_file

    from tertulia.model.config import from_hugging_face
    from tertulia.model.transformer import Transformer
    from tertulia.tokenizer.tokenizer import load_tokenizer

    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        for file, expected in facts["sha256"].items():
            if _digest(folder / file) != expected:
                raise ValueError(f"{file} is not the file it was")
        config = from_hugging_face(json.loads((folder / _CONFIG).read_text("utf-8")))
        stored = load_file(folder / _WEIGHTS)
        with torch.device("meta"):
            transformer = Transformer(config)
        values = {
            key: value.float() * stored[key + _SCALE][:, None] if key + _SCALE in stored else value
            for key, value in stored.items()
            if not key.endswith(_SCALE)
        }
        transformer.model.load_state_dict(values, assign=True)
        # There is no output layer in the file: nothing is generated.
        transformer.lm_head.weight = transformer.model.embed_tokens.weight
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ModelError(
            "inference.sentence-model-damaged",
            f"this is no whole model of sentence vectors: {error}",
            where=str(folder),
            remedy="Install tertulia again, or name a folder that its script has made",
        ) from error
    transformer.bidirectional = True
    name = f"{facts['name']}-{facts['sha256'][_WEIGHTS][:12]}"
    return SentenceModel(name, transformer.eval(), load_tokenizer(folder))


def rounded(values_RC: Tensor) -> tuple[Tensor, Tensor]:
    """(int8 (R, C), scale (R,)): the nearest of 255 steps between a row's largest value and its
    opposite."""
    import torch

    scale_R = values_RC.float().abs().amax(dim=1).clamp_min(1e-12) / _STEPS
    whole_RC = torch.round(values_RC.float() / scale_R[:, None]).to(torch.int8)
    return whole_RC, scale_R


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", "utf-8")
