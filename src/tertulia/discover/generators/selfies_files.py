"""The shipped language model of acids on disk, and the acids that it learnt from.

A folder as `tertulia.model.disk` reads it (`config.json`, `model.safetensors`, `tokenizer.json`),
weights in float16, with `selfies_model.json`, which holds the digests of the others and what was
measured of them.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.errors import ModelError

if TYPE_CHECKING:
    from tertulia.model.transformer import Transformer
    from tertulia.tokenizer.tokenizer import Tokenizer

FACTS = "selfies_model.json"
_FILES = ("config.json", "model.safetensors", "tokenizer.json")


@dataclass(frozen=True)
class TrainingTexts:
    """What a model was trained on: all texts, and the anions of the acids that they write."""

    texts: tuple[str, ...]
    anions: frozenset[str]


def save_selfies_model(pretrained: Path, folder: Path, facts: Mapping[str, Any]) -> None:
    """Writes a model that the stage `pretrain` made into `folder`, its weights rounded to float16.

    `facts` are what a reader should know of its making.
    """
    from safetensors.torch import load_file, save

    folder.mkdir(parents=True, exist_ok=True)
    weights = load_file(pretrained / "model.safetensors")
    halves = {name: value.half().contiguous() for name, value in weights.items()}
    (folder / "model.safetensors").write_bytes(save(halves, metadata={"format": "pt"}))
    config = json.loads((pretrained / "config.json").read_text("utf-8"))
    _write(folder / "config.json", config | {"dtype": "float16"})
    (folder / "tokenizer.json").write_bytes((pretrained / "tokenizer.json").read_bytes())
    digests = {name: _digest(folder / name) for name in _FILES}
    _write(folder / FACTS, {"schema": 1, **facts, "sha256": digests})


def load_selfies_model(folder: Path) -> tuple[Transformer, Tokenizer]:
    """The model of a folder in float32; digests are verified where the folder has any.

    So a folder that the recipe `molecules` made can be opened as well as the shipped one. Raises
    ModelError `discover.selfies-model-damaged`, and those of `load_model` and `load_tokenizer`.
    """
    from tertulia.model.disk import load_model
    from tertulia.tokenizer.tokenizer import load_tokenizer

    if (folder / FACTS).is_file():
        _verify(folder)
    return load_model(folder).eval(), load_tokenizer(folder)


@cache
def shipped_training_texts() -> TrainingTexts:
    """The training split of the shipped acids."""
    import zstandard

    from tertulia.recipe.shipped import shipped_folder

    path = shipped_folder("molecules", "train", "acids.jsonl.zst")
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        rows = [json.loads(line) for line in io.TextIOWrapper(stream, encoding="utf-8")]
    return TrainingTexts(
        texts=tuple(row["text"] for row in rows),
        anions=frozenset(row["id"].split(" ")[0] for row in rows),
    )


def _verify(folder: Path) -> None:
    try:
        digests = json.loads((folder / FACTS).read_text("utf-8"))["sha256"]
        wrong = [name for name in _FILES if _digest(folder / name) != digests[name]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, str(error)) from error
    if wrong:
        raise _damaged(folder, f"{wrong[0]} is not the file it was")


def _damaged(folder: Path, what: str) -> ModelError:
    return ModelError(
        "discover.selfies-model-damaged",
        f"this is no whole language model of acids: {what}",
        where=str(folder),
        remedy="Install tertulia again, or make it anew: tertulia run molecules",
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", "utf-8")
