"""Adapters in training: their first values, and the merged model with its adapter beside it."""

from __future__ import annotations

from pathlib import Path

import torch

from tertulia.model.lora import adapter_tensors, add_adapters, merge, save_adapter
from tertulia.model.transformer import Transformer
from tertulia.recipe.lora_spec import LoraSpec
from tertulia.train.initialise import normal_rows

ADAPTER = "adapter"
"""Folder of an artifact in which the adapter lies, in peft's layout."""


def adapt(model: Transformer, spec: LoraSpec | None, seed: int) -> Transformer:
    """Freezes a model and gives it adapters that change nothing yet; without `spec`, nothing.

    B is zero; A is normal with the variance of peft's uniform first values, 1 / (3 * columns).
    The values come from `initialise`'s counter: the same on any machine.
    """
    if spec is None:
        return model
    add_adapters(model, rank=spec.rank, alpha=spec.alpha, targets=spec.targets)
    for name, value in adapter_tensors(model).items():
        rows, columns = value.shape
        if name.endswith("lora_B.weight"):
            value.zero_()
        else:
            value.copy_(normal_rows(seed, name, 0, rows, columns) * (3.0 * columns) ** -0.5)
    return model


def settle(model: Transformer, spec: LoraSpec | None, folder: Path, *, base: str) -> Transformer:
    """The plain model that is published; what was learnt on top of `base` lies in `folder`."""
    if spec is None:
        return model
    with torch.no_grad():
        save_adapter(model, folder / ADAPTER, base=base)
    return merge(model)
