"""Low-rank adapters (Hu et al. 2021) as a property of the model: W becomes W + (alpha / rank) B A.

An adapted matrix keeps its published name and is frozen, as all else is; `lora_A.weight` and
`lora_B.weight` beside it train. Merging gives back the plain model. On disk an adapter is in the
layout of peft. Shapes: R rank, I inputs, O outputs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from tertulia.model.transformer import Transformer

ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_PEFT_PREFIX = "base_model.model."


class LoraLinear(nn.Linear):
    """A frozen matrix with an adapter beside it."""

    def __init__(self, frozen: nn.Linear, *, rank: int, alpha: float) -> None:
        """Takes over the matrix of `frozen`; the adapter's values are not yet set."""
        with torch.device("meta"):
            super().__init__(frozen.in_features, frozen.out_features, bias=False)
            self.lora_A = nn.Linear(frozen.in_features, rank, bias=False)
            self.lora_B = nn.Linear(rank, frozen.out_features, bias=False)
        self.weight = frozen.weight
        self.rank, self.alpha = rank, alpha
        for small in (self.lora_A, self.lora_B):
            small.to(frozen.weight.dtype).to_empty(device=frozen.weight.device)

    @property
    def scale(self) -> float:
        """What the product of the two small matrices is multiplied by."""
        return self.alpha / self.rank

    def forward(self, input: Tensor) -> Tensor:
        change: Tensor = self.lora_B(self.lora_A(input))
        return F.linear(input, self.weight) + change * self.scale

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """The plain layer (O, I) that computes the same."""
        with torch.device("meta"):
            plain = nn.Linear(self.in_features, self.out_features, bias=False)
        product_OI = self.lora_B.weight.float() @ self.lora_A.weight.float()
        whole_OI = self.weight.float() + product_OI * self.scale
        plain.weight = nn.Parameter(whole_OI.to(self.weight.dtype))
        return plain


def add_adapters(
    model: Transformer, *, rank: int, alpha: float, targets: Sequence[str]
) -> Transformer:
    """Freezes the model and puts an adapter beside each matrix of a block that `targets` names.

    In place. The adapters' values are set by whoever trains them.
    """
    model.requires_grad_(False)
    for part, name, layer in list(_linear_layers(model)):
        if name in targets:
            setattr(part, name, LoraLinear(layer, rank=rank, alpha=alpha))
    return model


def merge(model: Transformer) -> Transformer:
    """Adds every adapter to its matrix, in place: the plain model, which trains again in full."""
    for part, name, layer in list(_linear_layers(model)):
        if isinstance(layer, LoraLinear):
            setattr(part, name, layer.merged())
    return model.requires_grad_(True)


def adapter_tensors(model: Transformer) -> dict[str, Tensor]:
    """The adapters' matrices by their names within the model."""
    return {
        f"{name}.{half}.weight": getattr(module, half).weight.detach()
        for name, module in model.named_modules()
        if isinstance(module, LoraLinear)
        for half in ("lora_A", "lora_B")
    }


def save_adapter(model: Transformer, folder: Path, *, base: str) -> None:
    """Writes the adapters as peft reads them; `base` is the name of the model they belong to."""
    layers = [(name, m) for _, name, m in _linear_layers(model) if isinstance(m, LoraLinear)]
    assert layers, "only an adapted model has an adapter to save"
    folder.mkdir(parents=True)
    tensors = {
        _PEFT_PREFIX + name: value.to("cpu", torch.float32).contiguous()
        for name, value in adapter_tensors(model).items()
    }
    save_file(tensors, folder / ADAPTER_WEIGHTS, metadata={"format": "pt"})
    config: dict[str, Any] = {
        "base_model_name_or_path": base,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "lora_alpha": layers[0][1].alpha,
        "lora_dropout": 0.0,
        "peft_type": "LORA",
        "r": layers[0][1].rank,
        "target_modules": sorted({name for name, _ in layers}),
        "task_type": "CAUSAL_LM",
    }
    text = json.dumps(config, indent=2, sort_keys=True) + "\n"
    (folder / ADAPTER_CONFIG).write_text(text, encoding="utf-8")


def _linear_layers(model: Transformer) -> Iterator[tuple[nn.Module, str, nn.Linear]]:
    """(module that holds it, its name there, layer) of every matrix of the blocks."""
    for block in model.model.layers:
        for part in block.children():
            for name, layer in part.named_children():
                if isinstance(layer, nn.Linear):
                    yield part, name, layer
