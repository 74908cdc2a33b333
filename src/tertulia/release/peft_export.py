"""The adapter of a model that was trained with LoRA, beside the merged weights."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from tertulia.release.json_files import read_json, write_json
from tertulia.release.names import ModelName


def export_adapter(trained: Path, out: Path, name: ModelName) -> None:
    """Copies the adapter of the model in `trained`, if it has one, to `adapter` below `out`.

    peft loads it onto the model that it names: the released base model of the same family where
    the recipe's own base was adapted, else the model that the recipe began with.
    """
    # Both import torch, which a release needs for nothing else.
    from tertulia.model.lora import ADAPTER_CONFIG, ADAPTER_WEIGHTS
    from tertulia.train.lora import ADAPTER

    adapter = trained / ADAPTER
    if not adapter.is_dir():
        return
    (out / ADAPTER).mkdir()
    shutil.copyfile(adapter / ADAPTER_WEIGHTS, out / ADAPTER / ADAPTER_WEIGHTS)
    config = read_json(adapter / ADAPTER_CONFIG)
    if name.kind == "instruct":
        config["base_model_name_or_path"] = str(replace(name, kind="base"))
    write_json(out / ADAPTER / ADAPTER_CONFIG, config)
