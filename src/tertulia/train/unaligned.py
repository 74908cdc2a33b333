"""An align artifact that is the base model itself: `align.method = "none"`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tertulia.tokenizer.tokenizer import FILES

_FACT = "unaligned"
_MODEL_FILES = ("config.json", "generation_config.json")


def copy_base(base: Path, out: Path) -> None:
    """Copies the pretrained model and its tokenizer, with the fact that there is one model only.

    The traces of its training stay where they were made.
    """
    weights = sorted(path.name for path in base.glob("model*.safetensors*"))
    for name in (*_MODEL_FILES, *FILES, *weights):
        # An imported tokenizer may have no chat template.
        if (base / name).is_file():
            shutil.copyfile(base / name, out / name)
    facts = json.loads((base / "tertulia.json").read_text(encoding="utf-8")) | {_FACT: True}
    text = json.dumps(facts, indent=2, sort_keys=True) + "\n"
    (out / "tertulia.json").write_text(text, encoding="utf-8")


def is_unaligned(align: Path) -> bool:
    """Whether the align artifact in this folder is the base model, which has its own already."""
    facts = json.loads((align / "tertulia.json").read_text(encoding="utf-8"))
    return bool(facts.get(_FACT, False))
