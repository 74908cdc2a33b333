"""The preference objective: of two answers to a prompt, the chosen one is to be the likelier.

DPO (Rafailov et al. 2023): -log sigmoid(beta * (log-ratio of the chosen answer to the reference,
minus that of the rejected one)). ORPO (Hong et al. 2024): -beta * log sigmoid(log odds ratio of
mean token probabilities), plus the chosen text's cross-entropy, prompt included.

A row holds whole pairs: its documents 2k and 2k+1 are the chosen and the rejected answer to one
prompt. Shapes: B rows, T context, P pairs a row at most, Q = 2P documents, N pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from tertulia.train.batch import MICRO_TOKENS, Batch, DeviceBatch, PartLoss, on_device
from tertulia.train.forward import Forward
from tertulia.train.packing import PackedPairs, empty_rows, pack
from tertulia.train.preference_data import PreferencePair

Floats = NDArray[np.float32]


class PreferenceTuning(PackedPairs):
    """Batches of rows of pairs; their loss is a sum over pairs."""

    def __init__(
        self,
        pairs: Sequence[PreferencePair],
        *,
        context: int,
        batch_rows: int,
        method: Literal["dpo", "orpo"],
        beta: float,
        epochs: int,
        seed: int,
        reference_N2: Floats | None = None,
    ) -> None:
        """`reference_N2` is what `reference_log_probabilities` found: DPO needs it."""
        assert (reference_N2 is not None) == (method == "dpo"), "a reference is DPO's alone"
        super().__init__(
            [pair.need for pair in pairs],
            context=context,
            batch_rows=batch_rows,
            epochs=epochs,
            seed=seed,
        )
        self._pairs = pairs
        self._method, self._beta, self._reference_N2 = method, beta, reference_N2

    def batch(self, step: int) -> Batch:
        """The pairs of a step; the last batch ends in empty rows."""
        rows = self.pairs_of(step)
        extra = self._references(rows) if self._method == "dpo" else self._text_weights(rows)
        return _rows_of_pairs(
            self._pairs, rows, self.context, learn_chosen=self._method == "orpo", extra=extra
        )

    def weight(self, batch: Batch) -> float:
        """The number of pairs."""
        return float(max(1, batch.extra["pairs_B"].sum()))

    def loss(self, forward: Forward, part: DeviceBatch) -> PartLoss:
        """The summed loss of the pairs of some rows."""
        log_p_BT = forward.log_probabilities(part)
        sums_BP2, counts_BP2 = _answer_sums(log_p_BT, part, self.slots)
        slot_P = torch.arange(self.slots, device=log_p_BT.device)
        real_BP = slot_P < part.extra["pairs_B"].unsqueeze(1)
        if self._method == "dpo":
            ratio_BP2 = sums_BP2 - part.extra["reference_BP2"]
            margin_BP = self._beta * (ratio_BP2[..., 0] - ratio_BP2[..., 1])
            return PartLoss(total=-(F.logsigmoid(margin_BP) * real_BP).sum())
        # An empty slot is given a probability below one: its odds are finite, and so its gradient.
        mean_BP2 = torch.where(real_BP.unsqueeze(-1), sums_BP2 / counts_BP2.clamp(min=1.0), -1.0)
        odds_BP2 = mean_BP2 - _log_one_minus_exp(mean_BP2)
        preferred_BP = F.logsigmoid(odds_BP2[..., 0] - odds_BP2[..., 1])
        chosen_BT = part.documents_BT % 2 == 0
        text_B = -(log_p_BT * chosen_BT).sum(dim=1) * part.extra["text_weight_B"]
        return PartLoss(total=text_B.sum() - self._beta * (preferred_BP * real_BP).sum())

    def _references(self, rows: Sequence[Sequence[int]]) -> dict[str, NDArray[Any]]:
        assert self._reference_N2 is not None
        reference_BP2 = np.zeros((len(rows), self.slots, 2), dtype=np.float32)
        for b, row in enumerate(rows):
            reference_BP2[b, : len(row)] = self._reference_N2[list(row)]
        return {"reference_BP2": reference_BP2}

    def _text_weights(self, rows: Sequence[Sequence[int]]) -> dict[str, NDArray[Any]]:
        """Pairs per chosen token: divided by the pairs, the text's loss is a mean over tokens."""
        tokens = sum(len(self._pairs[i].chosen.ids) - 1 for row in rows for i in row)
        pairs = sum(len(row) for row in rows)
        return {"text_weight_B": np.full(len(rows), pairs / max(1, tokens), dtype=np.float32)}


@torch.no_grad()
def reference_log_probabilities(
    forward: Forward, pairs: Sequence[PreferencePair], context: int
) -> Floats:
    """log p of each pair's chosen and rejected answer (N, 2) under the model as it is now."""
    packed = pack([pair.need for pair in pairs], context)
    slots = max(len(row) for row in packed)
    rows_at_once = max(1, MICRO_TOKENS // context)
    found_N2 = np.zeros((len(pairs), 2), dtype=np.float32)
    for first in range(0, len(packed), rows_at_once):
        rows = packed[first : first + rows_at_once]
        batch = _rows_of_pairs(pairs, rows, context, learn_chosen=False, extra={})
        part = on_device(batch, forward.machine.device)
        sums_BP2, _ = _answer_sums(forward.log_probabilities(part), part, slots)
        for b, row in enumerate(rows):
            found_N2[row] = sums_BP2[b, : len(row)].cpu().numpy()
    forward.release()
    return found_N2


def _rows_of_pairs(
    pairs: Sequence[PreferencePair],
    rows: Sequence[Sequence[int]],
    context: int,
    *,
    learn_chosen: bool,
    extra: dict[str, NDArray[Any]],
) -> Batch:
    """Targets are the answers' tokens, and with `learn_chosen` all tokens of the chosen text."""
    ids_BT, targets_BT, documents_BT = empty_rows(len(rows), context)
    answers_BT = np.zeros(ids_BT.shape, dtype=np.bool_)
    for b, row in enumerate(rows):
        at = 0
        documents = [answer for i in row for answer in (pairs[i].chosen, pairs[i].rejected)]
        for number, answer in enumerate(documents):
            stop = at + len(answer.ids) - 1
            answered = answer.answered[1:] != 0
            learnt = answered | (learn_chosen and number % 2 == 0)
            ids_BT[b, at:stop] = answer.ids[:-1]
            targets_BT[b, at:stop] = np.where(learnt, answer.ids[1:], targets_BT[b, at:stop])
            documents_BT[b, at:stop] = number
            answers_BT[b, at:stop] = answered
            at = stop
    counted = {"answers_BT": answers_BT, "pairs_B": np.array([len(row) for row in rows])}
    return Batch(
        ids_BT=ids_BT, targets_BT=targets_BT, documents_BT=documents_BT, extra=counted | extra
    )


def _answer_sums(log_p_BT: Tensor, part: DeviceBatch, slots: int) -> tuple[Tensor, Tensor]:
    """Of each answer (B, P, 2): the sum of its tokens' log p, and how many they are."""
    number_Q = torch.arange(2 * slots, device=log_p_BT.device)
    answers_BT1 = part.extra["answers_BT"].unsqueeze(-1)
    # A product with zeros and ones: a scattered sum has no fixed order on a GPU.
    belongs_BTQ = ((part.documents_BT.unsqueeze(-1) == number_Q) & answers_BT1).float()
    sums_BQ = (log_p_BT.unsqueeze(-1) * belongs_BTQ).sum(dim=1)
    shape = (len(sums_BQ), slots, 2)
    return sums_BQ.view(shape), belongs_BTQ.sum(dim=1).view(shape)


def _log_one_minus_exp(x: Tensor) -> Tensor:
    """log(1 - exp(x)) of x < 0 without cancellation (Mächler 2012)."""
    return torch.where(x > -math.log(2.0), torch.log(-torch.expm1(x)), torch.log1p(-torch.exp(x)))
