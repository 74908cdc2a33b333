"""The optimiser of a model: Muon for the matrices of its blocks, AdamW for all else.

`pretrain.optimizer = "adamw"` puts the matrices under AdamW as well. Both work on the rows that
this process holds; a parameter that does not train is none of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from tertulia.train.checkpoint import Checkpoint, Rows
from tertulia.train.muon import Muon
from tertulia.train.sharding import Part, drop_gradients

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

    def __init__(
        self, parts: Sequence[Part], rates: Rates, *, muon_dtype: torch.dtype = torch.bfloat16
    ) -> None:
        """`parts` of the whole model, frozen ones too; `muon_dtype` as `Muon` says."""
        self.parts = [part for part in parts if part.parameter.requires_grad]
        embeddings, matrices, norms = _by_role(self.parts)
        groups: list[dict[str, Any]] = [
            {"params": _own(embeddings), "lr": rates.embedding_learning_rate},
            {"params": _own(norms), "lr": rates.embedding_learning_rate},
        ]
        self._optimizers: dict[str, torch.optim.Optimizer] = {}
        if rates.optimizer == "muon" and matrices:
            self._optimizers["muon"] = Muon(
                matrices,
                lr=rates.learning_rate,
                weight_decay=rates.weight_decay,
                dtype=muon_dtype,
            )
        else:
            decayed = {"lr": rates.learning_rate, "weight_decay": rates.weight_decay}
            groups.append({"params": _own(matrices), **decayed})
        groups = [group for group in groups if group["params"]]
        if groups:
            fused = self.parts[0].local.device.type in ("cpu", "cuda")
            self._optimizers["adamw"] = torch.optim.AdamW(
                groups, betas=_BETAS, eps=1e-10, weight_decay=0.0, fused=fused
            )
        self._of = {id(part.local): part for part in self.parts}
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
        drop_gradients(self.parts)

    def state(self) -> dict[str, Rows]:
        """Every tensor of the state as `optimizer/parameter/what`, for a checkpoint."""
        tensors = {}
        for kind, optimizer in self._optimizers.items():
            for local, values in optimizer.state.items():
                part = self._of[id(local)]
                for what, value in values.items():
                    divided = {"first": part.first, "rows": part.rows} if value.ndim else {}
                    tensors[f"{kind}/{part.name}/{what}"] = Rows(values=value, **divided)
        return tensors

    def restore(self, checkpoint: Checkpoint) -> None:
        """Takes up a state that `state` gave, on any number of processes."""
        for kind, optimizer in self._optimizers.items():
            for group in optimizer.param_groups:
                for local in group["params"]:
                    prefix = f"{kind}/{self._of[id(local)].name}/"
                    names = [n for n in checkpoint.names() if n.startswith(prefix)]
                    if names:
                        optimizer.state[local] = {
                            name.removeprefix(prefix): self._read(checkpoint, name, local)
                            for name in names
                        }

    def _read(self, checkpoint: Checkpoint, name: str, local: Tensor) -> Tensor:
        if name.endswith("/step"):
            count = checkpoint.whole(name)
            # AdamW counts its steps on the CPU wherever the parameter is, but for CUDA.
            return count.to(local.device) if local.device.type == "cuda" else count
        rows = checkpoint.rows(name, self._of[id(local)].first, local.shape[0])
        return rows.to(local.device)


def _own(parts: Sequence[Part]) -> list[Tensor]:
    """What this process updates; of a short tensor some hold no row."""
    return [part.local for part in parts if part.local.numel()]


def _by_role(parts: Sequence[Part]) -> tuple[list[Part], list[Part], list[Part]]:
    """(embeddings, matrices, norms)."""
    embeddings, matrices, norms = [], [], []
    for part in parts:
        if part.name.endswith(("embed_tokens.weight", "lm_head.weight")):
            embeddings.append(part)
        elif part.parameter.ndim == 2:
            matrices.append(part)
        else:
            norms.append(part)
    return embeddings, matrices, norms
