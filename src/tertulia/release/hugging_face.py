"""A trained model folder as a directory that anyone's tools open.

The trained folder is already in the layout of the Hugging Face Llama family, so releasing it is a
copy: weights and tokenizer byte for byte, the configuration with what a release must state.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tertulia.errors import ModelError
from tertulia.release.json_files import read_json, write_json
from tertulia.release.names import ModelName

_TOKENIZER_TABLES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def export_hugging_face(folder: Path, out: Path, *, tokenizer: Path | None = None) -> None:
    """Copies the model in `folder` to the new directory `out`.

    `tokenizer` is where the tokenizer files are, if not in `folder`. The loss curve and other
    traces of training stay behind. `seal` writes `tertulia.json` once the directory is complete.
    Raises ModelError `release.folder-incomplete` or `release.file-unreadable`.
    """
    tokenizer = tokenizer or folder
    config = read_json(folder / "config.json")
    for name in _TOKENIZER_TABLES:
        read_json(tokenizer / name)
    out.mkdir(parents=True)
    _copy_weights(folder, out)
    for name in (*_TOKENIZER_TABLES, "chat_template.jinja"):
        if (tokenizer / name).is_file():
            shutil.copyfile(tokenizer / name, out / name)
    write_json(out / "config.json", _released_config(config))
    shutil.copyfile(folder / "generation_config.json", out / "generation_config.json")


def seal(
    out: Path,
    name: ModelName,
    *,
    languages: Sequence[str],
    licence: str,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Writes `tertulia.json`: what the model is called, and the SHA-256 of every other file.

    `facts` is what training wrote down of itself, such as its rates, and is kept.
    """
    files = sorted(p for p in out.rglob("*") if p.is_file() and p.name != "tertulia.json")
    stated = {
        "schema": 1,
        "name": str(name),
        "family": name.family,
        "size": name.size,
        "stage": name.kind,
        "version": name.version,
        "languages": list(languages),
        "licence": licence,
        "digests": {p.relative_to(out).as_posix(): sha256_of(p) for p in files},
    }
    write_json(out / "tertulia.json", {**(facts or {}), **stated})


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_weights(folder: Path, out: Path) -> None:
    names = sorted(p.name for p in folder.glob("model*.safetensors*"))
    if not names:
        raise ModelError(
            "release.folder-incomplete",
            "the model to release has no weights",
            where=str(folder),
            remedy="Run the recipe again from the pretrain stage",
        )
    for name in names:
        shutil.copyfile(folder / name, out / name)


def _released_config(config: dict[str, Any]) -> dict[str, Any]:
    return {
        "dtype": "float32",
        **config,
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
    }
