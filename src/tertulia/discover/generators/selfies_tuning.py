"""Fine-tuning on the elite of a campaign, with the trainer's own loop, loss and optimiser.

Hill climbing as N. Brown et al. (J. Chem. Inf. Model. 59, 1096, 2019) do it for SMILES: the model
learns the likelihood of the best molecules so far, here in several writings each, and of some that
it was trained on, which keep it to what an acid is. What comes next is told by its samples.

Shapes: B rows, T context.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tertulia.discover.generators.selfies_words import writings
from tertulia.train.batch import Batch, NextTokenObjective
from tertulia.train.packing import empty_rows, packed_epochs

if TYPE_CHECKING:
    from tertulia.model.transformer import Transformer
    from tertulia.tokenizer.tokenizer import Tokenizer

WRITINGS = 12
"""Of each acid of the elite."""
REPLAYED = 0.25
"""Training texts for each text of the elite."""
RATE, EMBEDDING_RATE = 0.008, 0.02
"""Peaks, four tenths of those of the recipe (docs/log.md)."""

_BATCH_ROWS = 16


class TextTuning(NextTokenObjective):
    """Batches of whole texts, each read `epochs` times in an order drawn from `seed`."""

    def __init__(
        self, texts: Sequence[Sequence[int]], *, context: int, epochs: int, seed: int
    ) -> None:
        """`texts` are ids with their beginning and end, none longer than `context` + 1."""
        self.context = context
        self._texts = [np.asarray(ids, dtype=np.int64) for ids in texts]
        needs = [len(ids) - 1 for ids in self._texts]
        self._rows = packed_epochs(needs, context, epochs=epochs, seed=seed)

    @property
    def steps(self) -> int:
        """Batches that cover every text `epochs` times."""
        return -(-len(self._rows) // _BATCH_ROWS)

    @property
    def tokens_per_step(self) -> int:
        """Token positions of a batch."""
        return _BATCH_ROWS * self.context

    def batch(self, step: int) -> Batch:
        """Rows `step` * 16 and following; the last batch is shorter."""
        rows = self._rows[step * _BATCH_ROWS : (step + 1) * _BATCH_ROWS]
        ids_BT, targets_BT, documents_BT = empty_rows(len(rows), self.context)
        for b, row in enumerate(rows):
            at = 0
            for number, index in enumerate(row):
                ids = self._texts[index]
                stop = at + len(ids) - 1
                ids_BT[b, at:stop], targets_BT[b, at:stop] = ids[:-1], ids[1:]
                documents_BT[b, at:stop] = number
                at = stop
        return Batch(ids_BT=ids_BT, targets_BT=targets_BT, documents_BT=documents_BT)


def tuned_on(
    model: Transformer,
    tokenizer: Tokenizer,
    elite: Sequence[str],
    replay: Sequence[str],
    *,
    epochs: int,
    seed: int,
) -> Transformer:
    """A copy of `model` that has learnt from `elite` (SMILES) and from some texts of `replay`.

    On one thread in float32: the same arguments give the same weights. An acid that SELFIES or our
    words cannot write, or whose writing is too long, adds nothing; without any the copy is as the
    model. Raises ValueError for a SMILES that RDKit cannot read.
    """
    from tertulia.compute.machine import Machine
    from tertulia.train.loop import Loop, LoopSettings
    from tertulia.train.numerics import numeric_settings
    from tertulia.train.optimizer import Rates

    ids = _texts(model, tokenizer, elite, replay, seed)
    changed = copy.deepcopy(model).train()
    if not ids:
        return changed.eval()
    machine = Machine(name="tuning", threads=1)
    settings = LoopSettings(
        rates=Rates(
            optimizer="muon",
            learning_rate=RATE,
            embedding_learning_rate=EMBEDDING_RATE,
            weight_decay=0.0,
        ),
        warmup_fraction=0.1,
        decay_fraction=0.5,
        # Taken from the beginning again if it is stopped: it is a matter of seconds.
        checkpoint_tokens=10**12,
    )
    objective = TextTuning(ids, context=model.config.context, epochs=epochs, seed=seed)
    with tempfile.TemporaryDirectory() as scratch, numeric_settings(machine):
        Loop(changed, objective, settings, machine, Path(scratch)).run("tuning")
    return changed.eval()


def _texts(
    model: Transformer,
    tokenizer: Tokenizer,
    elite: Sequence[str],
    replay: Sequence[str],
    seed: int,
) -> list[list[int]]:
    """Ids of the elite's writings and of some texts of `replay`, with beginning and end."""
    texts = [
        text
        for number, smiles in enumerate(elite)
        for text in writings(smiles, WRITINGS, seed=seed + 1000 * number)
    ]
    generator = np.random.Generator(np.random.PCG64(seed))
    kept = min(len(replay), round(REPLAYED * len(texts)))
    texts += [replay[i] for i in generator.choice(len(replay), size=kept, replace=False)]
    special = tokenizer.special
    ids = [[special.start, *one, special.end] for one in tokenizer.encode_batch(texts)]
    return [one for one in ids if len(one) <= model.config.context + 1]
