"""The contrastive objective: sentences that mean the same lie close, all others of a batch far.

A sentence's vector is the mean of its tokens' hidden states, of length one. The loss is symmetric
InfoNCE (van den Oord et al. 2018): each sentence has to find its partner among the partners of
the whole batch. Given vectors of a teacher, part of the target is what the teacher finds similar,
and a sentence can be drawn to the teacher's own vector of it, or of its translation.

The loss of a batch is no sum over its rows. Where a batch takes several forward passes, or several
processes, its vectors are computed first without gradients; the loss then gives each vector's
gradient, and each part is run again to carry it back (Gao et al. 2021, GradCache). The result is
that of one pass.

A row holds whole pairs, its documents 2k and 2k+1. Shapes: B rows, T context, P pairs a row at
most, Q = 2P documents, N pairs of a batch, D width, E the teacher's width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from tertulia.compute.world import current_world
from tertulia.errors import DataError, TrainingError
from tertulia.train.batch import MICRO_TOKENS, Batch, DeviceBatch, Integers, PartLoss, on_device
from tertulia.train.forward import Forward
from tertulia.train.packing import PackedPairs, empty_rows
from tertulia.train.sentence_vectors import sentence_vectors

Floats = NDArray[np.float32]
SentencePair = tuple[Integers, Integers]
"""Token ids of two sentences that belong together: translations, or a question and a passage."""


@dataclass(frozen=True)
class _Cached:
    """What the first pass over a whole batch found."""

    step: int
    losses_N: Tensor
    gradients_N2D: Tensor


class ContrastiveTuning(PackedPairs):
    """Batches of rows of sentence pairs; their loss is a sum over pairs."""

    def __init__(
        self,
        pairs: Sequence[SentencePair],
        *,
        context: int,
        batch_rows: int,
        epochs: int,
        seed: int,
        temperature: float = 0.05,
        teacher_N2E: Floats | None = None,
        teacher_share: float = 0.5,
        teacher_pull: float = 0.0,
        groups: Sequence[int] | None = None,
    ) -> None:
        """`teacher_N2E` are vectors of length one for both sentences of each pair.

        `groups` gives each pair's topic: those of one topic come together, so that what a batch
        has to tell apart is alike (Hofstätter et al. 2021, topic aware sampling).

        `teacher_pull` weighs one minus the product of a sentence's vector with the teacher's, for
        which both have to be of one width. Raises DataError `train.pair-too-long`, and
        TrainingError where processes outnumber rows.
        """
        needs = [len(first) + len(second) for first, second in pairs]
        _require_room(needs, context, batch_rows)
        super().__init__(
            needs,
            context=context,
            batch_rows=batch_rows,
            epochs=epochs,
            seed=seed,
            groups=groups,
        )
        self._pairs = pairs
        self._temperature, self._teacher_N2E = temperature, teacher_N2E
        self._teacher_share = teacher_share if teacher_N2E is not None else 0.0
        self._teacher_pull = teacher_pull
        self._cached: _Cached | None = None

    def batch(self, step: int) -> Batch:
        """The pairs of a step; the last batch ends in empty rows."""
        rows = self.pairs_of(step)
        ids_BT, targets_BT, documents_BT = empty_rows(len(rows), self.context)
        for b, row in enumerate(rows):
            at = 0
            for number, sentence in enumerate(s for i in row for s in self._pairs[i]):
                ids_BT[b, at : at + len(sentence)] = sentence
                documents_BT[b, at : at + len(sentence)] = number
                at += len(sentence)
        pairs_B = np.array([len(row) for row in rows])
        extra: dict[str, NDArray[Any]] = {
            "pairs_B": pairs_B,
            "first_pair_B": np.cumsum(pairs_B) - pairs_B,
            "step_B": np.full(len(rows), step + 1),
        }
        if self._teacher_N2E is not None:
            shape = (len(rows), self.slots, *self._teacher_N2E.shape[1:])
            extra["teacher_BP2E"] = np.zeros(shape, dtype=np.float32)
            for b, row in enumerate(rows):
                extra["teacher_BP2E"][b, : len(row)] = self._teacher_N2E[row]
        return Batch(ids_BT=ids_BT, targets_BT=targets_BT, documents_BT=documents_BT, extra=extra)

    def weight(self, batch: Batch) -> float:
        """The number of pairs."""
        return float(max(1, batch.extra["pairs_B"].sum()))

    def loss(self, forward: Forward, part: DeviceBatch) -> PartLoss:
        """The summed loss of the pairs of some rows, among all pairs of their batch.

        Between two calls for the same step the model must not change: the loop sees to that.
        """
        own_BP = self._real(part)
        vectors_n2D = self._vectors(forward, part)[own_BP]
        # Rows are counted, not pairs: all processes have to take the same way.
        if len(own_BP) == self.batch_rows:
            taught = self._teacher_N2E is not None
            teacher_N2E = part.extra["teacher_BP2E"][own_BP] if taught else None
            return PartLoss(total=self._losses(vectors_n2D, teacher_N2E).sum())
        step = int(part.extra["step_B"].max()) - 1
        if step < 0:
            # Rows that only make the shares of all processes equal.
            return PartLoss(total=vectors_n2D.sum())
        found = self._first_pass(forward, step)
        slot_P = torch.arange(self.slots, device=own_BP.device)
        index_n = (part.extra["first_pair_B"].unsqueeze(1) + slot_P)[own_BP]
        # A stand-in whose gradient is the loss's, and whose value is these pairs' share of it.
        stand_in = (vectors_n2D * found.gradients_N2D[index_n]).sum()
        return PartLoss(total=stand_in - stand_in.detach() + found.losses_N[index_n].sum())

    def _first_pass(self, forward: Forward, step: int) -> _Cached:
        """The losses of a whole batch and the gradients of its vectors; once a step."""
        if self._cached is not None and self._cached.step == step:
            return self._cached
        batch = self.batch(step)
        rows_at_once = max(1, MICRO_TOKENS // self.context)
        vectors, teachers = [], []
        with torch.no_grad():
            for first in range(0, len(batch), rows_at_once):
                rows = batch.rows(slice(first, first + rows_at_once))
                part = on_device(rows, forward.machine.device)
                own_BP = self._real(part)
                vectors.append(self._vectors(forward, part)[own_BP])
                if self._teacher_N2E is not None:
                    teachers.append(part.extra["teacher_BP2E"][own_BP])
        vectors_N2D = torch.cat(vectors).requires_grad_()
        losses_N = self._losses(vectors_N2D, torch.cat(teachers) if teachers else None)
        (gradients_N2D,) = torch.autograd.grad(losses_N.sum(), vectors_N2D)
        self._cached = _Cached(step, losses_N.detach(), gradients_N2D)
        return self._cached

    def _real(self, part: DeviceBatch) -> Tensor:
        slot_P = torch.arange(self.slots, device=part.ids_BT.device)
        return slot_P < part.extra["pairs_B"].unsqueeze(1)

    def _vectors(self, forward: Forward, part: DeviceBatch) -> Tensor:
        """Of both sentences of each slot (B, P, 2, D); an empty slot holds zeros."""
        found_BQD = sentence_vectors(forward.hidden(part), part.documents_BT, 2 * self.slots)
        return found_BQD.unflatten(1, (self.slots, 2))  # type: ignore[no-untyped-call, no-any-return]

    def _losses(self, vectors_N2D: Tensor, teacher_N2E: Tensor | None) -> Tensor:
        """Of each pair (N,): the mean of finding the second from the first and the reverse."""
        scores_NN = vectors_N2D[:, 0] @ vectors_N2D[:, 1].t() / self._temperature
        target_NN = torch.eye(len(scores_NN), device=scores_NN.device)
        forth_NN, back_NN = target_NN, target_NN
        if teacher_N2E is not None:
            similar_NN = teacher_N2E[:, 0] @ teacher_N2E[:, 1].t() / self._temperature
            forth_NN = torch.lerp(target_NN, similar_NN.softmax(1), self._teacher_share)
            back_NN = torch.lerp(target_NN, similar_NN.t().softmax(1), self._teacher_share)
        there_N = -(forth_NN * F.log_softmax(scores_NN, dim=1)).sum(1)
        losses_N = 0.5 * (there_N - (back_NN * F.log_softmax(scores_NN.t(), dim=1)).sum(1))
        if teacher_N2E is not None and self._teacher_pull:
            apart_N = 1.0 - (vectors_N2D * teacher_N2E).sum(-1).mean(1)
            losses_N = losses_N + self._teacher_pull * apart_N
        return losses_N


def _require_room(needs: Sequence[int], context: int, batch_rows: int) -> None:
    if max(needs) > context:
        raise DataError(
            "train.pair-too-long",
            f"a pair of sentences takes {max(needs)} tokens, and a row holds {context}",
            where=f"pair {int(np.argmax(needs)) + 1}",
            remedy="Leave it out, or choose a longer context",
        )
    processes = current_world().size
    if batch_rows < processes:
        # Each would take what it has for the whole batch, and wait for the others for ever.
        raise TrainingError(
            "train.batch-does-not-divide",
            f"a batch of {batch_rows} rows is fewer than {processes} processes",
            remedy="Take larger batches, or fewer processes",
        )
