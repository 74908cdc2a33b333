"""The instruction-tuning objective: loss on the assistant's words only, pretraining text replayed.

Each row holds whole conversations; one that is longer than the context is dropped and counted.
Replayed rows are rows that pretraining has read: they hold the model to what it knew, and they
keep the comparison with the n-gram baseline on the same training tokens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tertulia.corpus.readers import json_rows, source_files
from tertulia.errors import DataError
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.train.batch import Batch, Integers, NextTokenObjective
from tertulia.train.data_order import DataOrder
from tertulia.train.loss import IGNORED
from tertulia.train.packing import empty_rows, packed_epochs

if TYPE_CHECKING:
    from tertulia.recipe.sources import ResolvedSource


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Token ids, and on which of them the assistant speaks."""

    ids: Integers
    spoken: Integers


@dataclass(kw_only=True)
class Conversations:
    """What instruction files held, and what was left out and why."""

    kept: list[Conversation] = field(default_factory=list)
    drops: dict[str, int] = field(default_factory=dict)
    origins: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, licence) -> conversations kept."""

    def _drop(self, reason: str) -> None:
        self.drops[reason] = self.drops.get(reason, 0) + 1

    def add(self, conversation: Conversation, context: int, origin: tuple[str, str]) -> None:
        """Keeps a conversation unless it does not fit or holds no answer."""
        if len(conversation.ids) > context + 1:
            self._drop("longer-than-context")
        elif not conversation.spoken[1:].any():
            self._drop("no-answer")
        else:
            self.kept.append(conversation)
            self.origins[origin] += 1


def _read(
    sources: Iterable[ResolvedSource],
) -> Iterator[tuple[list[dict[str, str]], tuple[str, str]]]:
    """Messages, with the source and licence that the row or its source states."""
    for source in sources:
        for path in source_files(source)[0]:
            for _, where, row in json_rows(path):
                messages = row.get("messages")
                if not isinstance(messages, list) or not all(
                    isinstance(m, dict) and isinstance(m.get("content"), str) for m in messages
                ):
                    raise DataError(
                        "train.not-a-conversation",
                        "a row has no list 'messages' of {role, content}",
                        where=where,
                        remedy='Write {"messages": [{"role": "user", "content": "…"}, …]} a line',
                    )
                licence = row.get("licence") or source.licence or "LicenseRef-unknown"
                yield messages, (str(row.get("source") or source.name), str(licence))


def read_conversations(
    sources: Iterable[ResolvedSource], tokenizer: Tokenizer, context: int
) -> Conversations:
    """Every conversation of the sources as tokens; raises DataError where there is none."""
    found = Conversations()
    for messages, origin in _read(sources):
        ids, spoken = tokenizer.encode_chat(messages)
        conversation = Conversation(
            ids=np.array(ids, dtype=np.int64), spoken=np.array(spoken, dtype=np.int64)
        )
        found.add(conversation, context, origin)
    if not found.kept:
        raise DataError(
            "train.no-conversations",
            "the instruction sources hold no usable conversation",
            where="key align.instructions",
            remedy=f"Add conversations of at most {context} tokens with an assistant's answer",
        )
    return found


class InstructionTuning(NextTokenObjective):
    """Batches of conversation rows and replayed pretraining rows."""

    def __init__(
        self,
        conversations: Sequence[Conversation],
        replay: DataOrder,
        *,
        batch_rows: int,
        replay_fraction: float,
        epochs: int,
        seed: int,
    ) -> None:
        self._conversations, self._replay, self._seed = conversations, replay, seed
        self.context = replay.context
        self._replayed = min(round(batch_rows * replay_fraction), batch_rows - 1)
        self._own = batch_rows - self._replayed
        needs = [len(conversation.ids) - 1 for conversation in conversations]
        self._rows = packed_epochs(needs, self.context, epochs=epochs, seed=seed)

    @property
    def steps(self) -> int:
        """Batches that cover every conversation `epochs` times."""
        return -(-len(self._rows) // self._own)

    @property
    def tokens_per_step(self) -> int:
        """Token positions of a batch."""
        return (self._own + self._replayed) * self.context

    def batch(self, step: int) -> Batch:
        """Conversation rows first, then replayed rows drawn by (seed, step)."""
        rows = self._rows[step * self._own : (step + 1) * self._own]
        draw = np.random.default_rng([self._seed, 1, step])
        replayed = draw.choice(self._replay.rows, size=self._replayed, replace=False)
        ids_BT, targets_BT, documents_BT = self._replay.batch([int(r) for r in replayed])
        own = empty_rows(len(rows), self.context)
        for b, row in enumerate(rows):
            at = 0
            for number, index in enumerate(row):
                c = self._conversations[index]
                stop = at + len(c.ids) - 1
                own[0][b, at:stop] = c.ids[:-1]
                own[1][b, at:stop] = np.where(c.spoken[1:] != 0, c.ids[1:], IGNORED)
                own[2][b, at:stop] = number
                at = stop
        return Batch(
            ids_BT=np.concatenate((own[0], ids_BT)),
            targets_BT=np.concatenate((own[1], targets_BT)),
            documents_BT=np.concatenate((own[2], documents_BT)),
        )
