"""The loss of a step by language, for bits per byte while training goes on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import torch
from torch import Tensor

from tertulia.train.batch import Batch
from tertulia.train.loss import IGNORED


class LanguageTally:
    """Sums over rows whose language is known."""

    def __init__(self, token_bytes: Tensor | None) -> None:
        """`token_bytes` [V]: bytes of text that each entry of the vocabulary stands for."""
        self._token_bytes = token_bytes
        self.nats: defaultdict[str, float] = defaultdict(float)
        self.tokens: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()

    def add(self, part: Batch, token_nats_BT: Tensor) -> None:
        """Takes in the loss of each token of some rows."""
        if not part.languages:
            return
        nats_B = token_nats_BT.double().sum(dim=1).tolist()
        targets_BT = torch.from_numpy(part.targets_BT)
        valid_BT = targets_BT != IGNORED
        tokens_B = valid_BT.sum(dim=1).tolist()
        bytes_B = [0] * len(part)
        if self._token_bytes is not None:
            held_BT = self._token_bytes[torch.where(valid_BT, targets_BT, 0)]
            bytes_B = torch.where(valid_BT, held_BT, 0).sum(dim=1).tolist()
        for language, nats, tokens, size in zip(
            part.languages, nats_B, tokens_B, bytes_B, strict=True
        ):
            self.nats[language] += nats
            self.tokens[language] += tokens
            self.bytes[language] += size

    def sums(self, languages: Sequence[str]) -> list[float]:
        """Nats, tokens and bytes of each language, one after the other."""
        return [
            float(kind[language])
            for language in languages
            for kind in (self.nats, self.tokens, self.bytes)
        ]

    def replace(self, languages: Sequence[str], sums: Sequence[float]) -> None:
        """Takes sums over all processes in place of its own."""
        for index, language in enumerate(languages):
            nats, tokens, size = sums[3 * index : 3 * index + 3]
            self.nats[language] = nats
            self.tokens[language], self.bytes[language] = int(tokens), int(size)

    def targets(self) -> dict[str, dict[str, float]]:
        """Language -> how many tokens and bytes the sums stand for."""
        return {
            language: {"tokens": count, "bytes": self.bytes[language]}
            for language, count in self.tokens.items()
        }
