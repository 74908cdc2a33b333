"""Only the assistant's words are learnt; conversations stay whole; what is left out is counted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tertulia.errors import DataError
from tertulia.recipe.sources import ResolvedSource
from tertulia.train.conversations import (
    Conversation,
    InstructionTuning,
    read_conversations,
)
from tertulia.train.data_order import DataOrder
from tertulia.train.loss import IGNORED
from tests.train.shards import random_shard


def conversation(length: int, answer: int) -> Conversation:
    spoken = np.zeros(length, dtype=np.int64)
    spoken[length - answer :] = 1
    return Conversation(ids=np.arange(100, 100 + length), spoken=spoken)


def tuning(conversations: list[Conversation], **options: float) -> InstructionTuning:
    replay = DataOrder([random_shard("eu", 80, seed=0)], {"eu": 1.0}, context=32, rows=40, seed=0)
    settings = {"batch_rows": 4, "replay_fraction": 0.5, "epochs": 1, "seed": 0} | options
    return InstructionTuning(conversations, replay, **settings)  # type: ignore[arg-type]


def test_loss_falls_on_the_answer_alone() -> None:
    batch = tuning([conversation(12, 4)], replay_fraction=0.0).batch(0)
    targets = batch.targets_BT[0]
    assert targets[targets != IGNORED].tolist() == [108, 109, 110, 111]
    learnt_at = np.flatnonzero(targets != IGNORED)
    assert batch.ids_BT[0][learnt_at].tolist() == [107, 108, 109, 110]


def test_two_conversations_in_a_row_are_two_documents() -> None:
    batch = tuning([conversation(12, 4), conversation(10, 2)], replay_fraction=0.0).batch(0)
    numbers = batch.documents_BT[0]
    assert len(set(numbers[:20].tolist())) == 2
    assert set(numbers[20:].tolist()).isdisjoint(numbers[:20].tolist())


def test_half_of_a_batch_is_replayed_text() -> None:
    objective = tuning([conversation(30, 4) for _ in range(6)])
    assert objective.steps == 3
    batch = objective.batch(1)
    assert batch.ids_BT.shape == (4, 32)
    assert (batch.targets_BT[2:] != IGNORED).all()
    again = tuning([conversation(30, 4) for _ in range(6)]).batch(1)
    assert np.array_equal(batch.ids_BT, again.ids_BT)


class _Words:
    """A tokenizer of one id per character, enough to read conversations."""

    def encode_chat(self, messages: list[dict[str, str]]) -> tuple[list[int], list[bool]]:
        ids: list[int] = []
        spoken: list[bool] = []
        for message in messages:
            ids += [64 + ord(c) % 64 for c in message["content"]]
            spoken += [message["role"] == "assistant"] * len(message["content"])
        return ids, spoken


def write(path: Path, rows: list[object]) -> ResolvedSource:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return ResolvedSource(name="own", path=path)


def turns(question: str, answer: str) -> dict[str, object]:
    return {
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


def test_what_does_not_fit_is_counted(tmp_path: Path) -> None:
    rows = [turns("Kaixo", "Egun on"), turns("x" * 50, "y"), turns("Agur", "")]
    found = read_conversations([write(tmp_path / "a.jsonl", rows)], _Words(), 32)  # type: ignore[arg-type]
    assert len(found.kept) == 1
    assert found.drops == {"longer-than-context": 1, "no-answer": 1}


def test_a_row_of_another_kind_is_named(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", [turns("a", "b"), {"text": "no messages"}])
    with pytest.raises(DataError, match="no list 'messages'") as caught:
        read_conversations([source], _Words(), 32)  # type: ignore[arg-type]
    assert "line 2" in (caught.value.where or "")


def test_no_conversation_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no usable conversation"):
        read_conversations([write(tmp_path / "a.jsonl", [])], _Words(), 32)  # type: ignore[arg-type]
