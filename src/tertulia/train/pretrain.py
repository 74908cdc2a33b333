"""The pretraining objective: every token of packed documents, in the order of `data_order`."""

from __future__ import annotations

from tertulia.train.batch import Batch, NextTokenObjective
from tertulia.train.data_order import DataOrder


class Pretraining(NextTokenObjective):
    """Batches of `batch_rows` consecutive rows of a data order."""

    def __init__(self, order: DataOrder, batch_rows: int) -> None:
        self.order, self.batch_rows, self.context = order, batch_rows, order.context

    @property
    def steps(self) -> int:
        """Whole batches in the data order."""
        return self.order.rows // self.batch_rows

    @property
    def tokens_per_step(self) -> int:
        """Tokens of a batch."""
        return self.batch_rows * self.order.context

    def batch(self, step: int) -> Batch:
        """Rows `step * batch_rows` and following."""
        first = step * self.batch_rows
        rows = range(first, first + self.batch_rows)
        ids, targets, documents = self.order.batch(rows)
        return Batch(
            ids_BT=ids,
            targets_BT=targets,
            documents_BT=documents,
            languages=tuple(self.order.language_of(row) for row in rows),
        )
