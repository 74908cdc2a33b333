"""Token shards in memory, so that tests of order and training need no corpus."""

from __future__ import annotations

import numpy as np

from tertulia.tokenizer.special import BOS, EOS
from tertulia.train.token_shards import LanguageShard


def shard(
    language: str, lengths: list[int], *, first: int = 64, vocabulary: int = 512
) -> LanguageShard:
    """Documents of the given lengths (BOS and EOS included), of tokens that tell where they lie."""
    offsets = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    tokens = (first + np.arange(sum(lengths)) % (vocabulary - first)).astype("<u2")
    for offset, length in zip(offsets, lengths, strict=True):
        tokens[offset], tokens[offset + length - 1] = BOS, EOS
    return LanguageShard(
        language=language,
        tokens=tokens,
        offsets=offsets,
        lengths=np.array(lengths, dtype=np.int64),
    )


def random_shard(language: str, documents: int, seed: int, longest: int = 100) -> LanguageShard:
    """Documents of random lengths."""
    generator = np.random.default_rng(seed)
    return shard(language, [int(n) for n in generator.integers(3, longest, size=documents)])
