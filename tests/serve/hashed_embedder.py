"""An Embedder for tests: the folded words of a text, hashed into 64 directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xxhash

from tertulia.inference.embedder import Vectors
from tertulia.serve.retrieval.folding import words


class HashedEmbedder:
    """Texts that share words have a high product; nothing is learnt."""

    name = "hashed-words"
    width = 64
    context = 10_000

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in words(text):
                digest = xxhash.xxh64_intdigest(word.encode())
                row[digest % self.width] += 1 if digest >> 32 & 1 else -1
            length = float(np.linalg.norm(row))
            # A text without words points somewhere too: a vector of length nought has no angle.
            row[:] = row / length if length else np.eye(1, self.width)[0]
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> int:
        return sum(len(words(text)) for text in texts)
