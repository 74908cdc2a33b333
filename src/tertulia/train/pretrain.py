"""The pretraining objective: every token of packed documents, in the order of `data_order`."""

from __future__ import annotations

from tertulia.errors import TrainingError
from tertulia.train.batch import Batch
from tertulia.train.data_order import DataOrder


class Pretraining:
    """Batches of `batch_rows` consecutive rows of a data order."""

    def __init__(self, order: DataOrder, batch_rows: int) -> None:
        self.order, self.batch_rows = order, batch_rows

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
        ids, targets, documents = self.order.batch(range(first, first + self.batch_rows))
        return Batch(ids_BT=ids, targets_BT=targets, documents_BT=documents)


def batch_rows(batch_tokens: int, context: int) -> int:
    """Rows of `context` tokens in a batch; raises TrainingError with the nearest valid sizes."""
    if batch_tokens % context == 0:
        return batch_tokens // context
    below = max(1, batch_tokens // context) * context
    raise TrainingError(
        "train.batch-does-not-divide",
        f"a batch of {batch_tokens} tokens is not a whole number of sequences of {context}",
        where="keys batch_tokens, model.context",
        remedy=f"Use {below} or {below + context}",
    )
