"""Pairs of answers to one prompt, read from files; what is left out is counted with its reason.

A row is `{"prompt": …, "chosen": …, "rejected": …}`, each a text or a list of messages, as in TRL.
Without a prompt, the messages that both answers begin with are the prompt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tertulia.corpus.readers import json_rows, source_files
from tertulia.errors import DataError
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.train.batch import Integers

if TYPE_CHECKING:
    from tertulia.recipe.sources import ResolvedSource

Messages = list[dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A prompt and one answer to it: token ids, and which of them the answer is made of."""

    ids: Integers
    answered: Integers


@dataclass(frozen=True, kw_only=True)
class PreferencePair:
    """Two answers to the same prompt."""

    chosen: Answer
    rejected: Answer

    @property
    def need(self) -> int:
        """Input tokens of both, which lie in one row."""
        return len(self.chosen.ids) + len(self.rejected.ids) - 2


@dataclass(kw_only=True)
class PreferencePairs:
    """What preference files held, and what was left out and why."""

    kept: list[PreferencePair] = field(default_factory=list)
    drops: dict[str, int] = field(default_factory=dict)
    origins: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, licence) -> pairs kept."""

    def add(self, pair: PreferencePair, context: int, origin: tuple[str, str]) -> None:
        """Keeps a pair that fits a row and says something."""
        reason = _fault(pair, context)
        if reason is None:
            self.kept.append(pair)
            self.origins[origin] += 1
        else:
            self.drops[reason] = self.drops.get(reason, 0) + 1


def _fault(pair: PreferencePair, context: int) -> str | None:
    if not (pair.chosen.answered.any() and pair.rejected.answered.any()):
        return "preference-without-answer"
    if np.array_equal(pair.chosen.ids, pair.rejected.ids):
        return "preference-between-equals"
    if pair.need > context:
        return "preference-longer-than-context"
    return None


def read_preferences(
    sources: Iterable[ResolvedSource], tokenizer: Tokenizer, context: int
) -> PreferencePairs:
    """Every pair of the sources as tokens; raises DataError where there is none."""
    found = PreferencePairs()
    for source in sources:
        for path in source_files(source)[0]:
            for _, where, row in json_rows(path):
                prompt, chosen, rejected = _turns(row, where)
                pair = PreferencePair(
                    chosen=_answer(tokenizer, prompt, chosen),
                    rejected=_answer(tokenizer, prompt, rejected),
                )
                licence = row.get("licence") or source.licence or "LicenseRef-unknown"
                found.add(pair, context, (str(row.get("source") or source.name), str(licence)))
    if not found.kept:
        raise DataError(
            "train.no-preferences",
            "the preference sources hold no usable pair of answers",
            where="key align.preference.sources",
            remedy="Add pairs of different answers; a prompt with both of its answers takes "
            f"at most {context} tokens",
        )
    return found


def _turns(row: Mapping[str, Any], where: str) -> tuple[Messages, Messages, Messages]:
    """(prompt, chosen, rejected) as messages."""
    chosen, rejected = (_messages(row.get(key), "assistant") for key in ("chosen", "rejected"))
    prompt = _messages(row.get("prompt"), "user")
    if prompt is None and row.get("prompt") is None and chosen and rejected:
        same = _same_beginning(chosen, rejected)
        prompt, chosen, rejected = chosen[:same], chosen[same:], rejected[same:]
    if not prompt or chosen is None or rejected is None:
        raise DataError(
            "train.not-a-preference",
            "a row has no 'prompt', 'chosen' and 'rejected' that are texts or lists of messages",
            where=where,
            remedy='Write {"prompt": "…", "chosen": "…", "rejected": "…"} a line',
        )
    return prompt, chosen, rejected


def _messages(value: Any, role: str) -> Messages | None:
    """A text as one message of `role`, a list of messages as it is, None for anything else."""
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    if isinstance(value, list) and all(
        isinstance(m, dict) and isinstance(m.get("content"), str) for m in value
    ):
        return value
    return None


def _same_beginning(first: Sequence[object], second: Sequence[object]) -> int:
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    return same


def _answer(tokenizer: Tokenizer, prompt: Messages, answer: Messages) -> Answer:
    """The tokens up to the answer's last; earlier turns of the assistant are no part of it."""
    before = len(tokenizer.encode_chat(prompt)[0])
    ids, spoken = tokenizer.encode_chat([*prompt, *answer])
    answered = np.array(spoken, dtype=np.int64)
    answered[:before] = 0
    # What follows the answer, such as the template's line break, is nobody's choice.
    stop = int(np.flatnonzero(answered).max(initial=before - 1)) + 1
    return Answer(ids=np.array(ids[:stop], dtype=np.int64), answered=answered[:stop])
