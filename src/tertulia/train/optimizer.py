"""The optimiser of a model: Muon for the matrices of its blocks, AdamW for all else.

`pretrain.optimizer = "adamw"` puts the matrices under AdamW as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from tertulia.model.transformer import Transformer
from tertulia.train.muon import Muon

_BETAS = (0.9, 0.98)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Peak learning rates and decay, as the recipe or the size gives them."""

    optimizer: Literal["muon", "adamw"]
    learning_rate: float
    embedding_learning_rate: float
    weight_decay: float


class ModelOptimizer:
    """One or two torch optimisers that step and save together."""

    def __init__(self, model: Transformer, rates: Rates) -> None:
        embeddings, matrices, norms = _by_role(model)
        fused = embeddings[0][1].device.type in ("cpu", "cuda")
        groups = [
            {"params": [p for _, p in embeddings], "lr": rates.embedding_learning_rate},
            {"params": [p for _, p in norms], "lr": rates.embedding_learning_rate},
        ]
        self._optimizers: dict[str, torch.optim.Optimizer] = {}
        if rates.optimizer == "muon":
            self._optimizers["muon"] = Muon(
                [p for _, p in matrices], lr=rates.learning_rate, weight_decay=rates.weight_decay
            )
        else:
            groups.append(
                {
                    "params": [p for _, p in matrices],
                    "lr": rates.learning_rate,
                    "weight_decay": rates.weight_decay,
                }
            )
        self._optimizers["adamw"] = torch.optim.AdamW(
            groups, betas=_BETAS, eps=1e-10, weight_decay=0.0, fused=fused
        )
        self._names = {id(p): n for n, p in embeddings + matrices + norms}
        for optimizer in self._optimizers.values():
            for group in optimizer.param_groups:
                group["peak"] = group["lr"]

    def set_rate(self, factor: float) -> None:
        """Sets every rate to `factor` times its peak."""
        for optimizer in self._optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor

    def step(self) -> None:
        """Updates the parameters and clears their gradients."""
        for optimizer in self._optimizers.values():
            optimizer.step()
        self.clear()

    def clear(self) -> None:
        """Drops the gradients without a step."""
        for optimizer in self._optimizers.values():
            optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Tensor]:
        """Every tensor of the state as `optimizer/parameter/what`, for a checkpoint."""
        tensors = {}
        for kind, optimizer in self._optimizers.items():
            for parameter, values in optimizer.state.items():
                for what, value in values.items():
                    tensors[f"{kind}/{self._names[id(parameter)]}/{what}"] = value
        return tensors

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Takes up a state that `state` gave."""
        for kind, optimizer in self._optimizers.items():
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    prefix = f"{kind}/{self._names[id(parameter)]}/"
                    found = {
                        name.removeprefix(prefix): value
                        for name, value in tensors.items()
                        if name.startswith(prefix)
                    }
                    if found:
                        optimizer.state[parameter] = {
                            # AdamW counts its steps on the CPU wherever the parameter is.
                            what: v
                            if what == "step" and not _counts_on_device(parameter)
                            else v.to(parameter.device)
                            for what, v in found.items()
                        }


def _counts_on_device(parameter: Tensor) -> bool:
    return parameter.device.type == "cuda"


Named = list[tuple[str, nn.Parameter]]


def _by_role(model: Transformer) -> tuple[Named, Named, Named]:
    embeddings: Named = []
    matrices: Named = []
    norms: Named = []
    for name, parameter in model.named_parameters():
        if name.endswith(("embed_tokens.weight", "lm_head.weight")):
            embeddings.append((name, parameter))
        elif parameter.ndim == 2:
            matrices.append((name, parameter))
        else:
            norms.append((name, parameter))
    return embeddings, matrices, norms
