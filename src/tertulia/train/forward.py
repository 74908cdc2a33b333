"""The model as objectives see it: in the machine's precision, compiled where that is asked for."""

from __future__ import annotations

import torch
from torch import Tensor

from tertulia.compute.machine import Machine
from tertulia.model.transformer import Transformer
from tertulia.train.batch import DeviceBatch
from tertulia.train.loss import cross_entropy
from tertulia.train.numerics import autocast
from tertulia.train.token_probabilities import log_probabilities


class Forward:
    """Hidden states and losses of one model on one machine."""

    def __init__(self, model: Transformer, machine: Machine) -> None:
        self.model, self.machine = model, machine
        self._cross_entropy = cross_entropy
        model.recompute = machine.recompute
        if machine.compile:
            # Block by block: all blocks share one compilation, which the whole model would not.
            for block in model.model.layers:
                block.compile(dynamic=False)
            self._cross_entropy = torch.compile(cross_entropy, dynamic=False)

    def hidden(self, part: DeviceBatch) -> Tensor:
        """The last norm's output (B, T, D), in the precision of the output layer's products."""
        with autocast(self.machine):
            hidden_BTD = self.model.hidden(part.ids_BT, documents_BT=part.documents_BT)
        return hidden_BTD.bfloat16() if self.machine.precision == "bfloat16" else hidden_BTD

    def release(self) -> None:
        """Divides the model again after passes that no backward pass followed.

        Until then FSDP leaves the root's parameters whole, and whoever lists them gets those.
        """
        reshard = getattr(self.model, "reshard", None)
        if reshard is not None:
            reshard()

    def cross_entropy(self, part: DeviceBatch) -> tuple[Tensor, Tensor]:
        """The summed loss of the valid targets in nats, and that of each token (B, T)."""
        hidden_BTD = self.hidden(part)
        rows_ND = hidden_BTD.reshape(-1, hidden_BTD.shape[-1])
        total, nats_N = self._cross_entropy(
            rows_ND, self.model.lm_head.weight, part.targets_BT.reshape(-1)
        )
        return total, nats_N.reshape(part.targets_BT.shape)

    def log_probabilities(self, part: DeviceBatch) -> Tensor:
        """log p of each valid target in nats (B, T), zero where ignored; gradients flow from each.

        Twice the products of `cross_entropy`'s output layer: for losses that are no plain sum.
        """
        hidden_BTD = self.hidden(part)
        found_N = log_probabilities(
            hidden_BTD.reshape(-1, hidden_BTD.shape[-1]),
            self.model.lm_head.weight,
            part.targets_BT.reshape(-1),
        )
        return found_N.reshape(part.targets_BT.shape)
