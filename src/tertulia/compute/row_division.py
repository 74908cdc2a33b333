"""Whether a batch can be shared evenly by the processes that train: known before anything runs."""

from __future__ import annotations

from tertulia.errors import TrainingError
from tertulia.recipe.schema import Recipe


def check_division(recipe: Recipe, processes: int) -> None:
    """Raises TrainingError `train.batch-does-not-divide`, with what would do.

    Pretraining alone is asked of: alignment's batches are filled up with empty rows.
    """
    context = recipe.model.context
    rows = recipe.pretrain.batch_tokens // context
    if rows % processes == 0:
        return
    valid = [str(count) for count in range(1, rows + 1) if rows % count == 0]
    above = -(-rows // processes) * processes * context
    raise TrainingError(
        "train.batch-does-not-divide",
        f"a batch is {rows} sequences of {context} tokens, which {processes} processes cannot "
        "share evenly",
        where="key pretrain.batch_tokens",
        remedy=f"Train on {', '.join(valid)} processes, or set batch_tokens to {above}",
    )
