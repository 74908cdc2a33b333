"""Vectors of texts from any server with OpenAI's `/v1/embeddings`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tertulia.errors import ModelError
from tertulia.inference.embedder import Vectors
from tertulia.inference.openai_client import OpenAIClient, unexpected

_TEXTS_AT_ONCE = 64
_CHARACTERS_A_TOKEN = 4


class RemoteEmbedder:
    """An Embedder behind a URL; its width is asked for once, when it is opened."""

    context = 512
    """Unknown of a server; what most models read."""

    def __init__(
        self,
        client: OpenAIClient,
        model: str,
        *,
        query_prefix: str = "",
        passage_prefix: str = "",
    ) -> None:
        """Prefixes as the model was trained with, such as E5's `query: ` and `passage: `."""
        self._client, self._model = client, model
        self._prefixes = (query_prefix, passage_prefix)
        self.name = f"{client.url} {model}"
        self.width = 0
        self.width = self._vectors(["?"]).shape[1]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`; raises as `OpenAIClient.post`."""
        return self._vectors([self._prefixes[0] + text for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`; raises as `OpenAIClient.post`."""
        return self._vectors([self._prefixes[1] + text for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> int:
        """An estimate: four characters a token."""
        return sum(-(-len(text) // _CHARACTERS_A_TOKEN) for text in texts)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        parts = [
            self._ask(texts[first : first + _TEXTS_AT_ONCE])
            for first in range(0, len(texts), _TEXTS_AT_ONCE)
        ]
        found = np.concatenate(parts)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if not np.isfinite(found).all() or not lengths.all():
            raise _unusable(self._client.url)
        return np.asarray(found / lengths, dtype=np.float32)

    def _ask(self, texts: Sequence[str]) -> Vectors:
        answer = self._client.post("/embeddings", {"model": self._model, "input": list(texts)})
        try:
            rows = sorted(answer["data"], key=lambda row: int(row["index"]))
            found = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise unexpected(self._client.url) from error
        if found.ndim != 2 or found.shape != (len(texts), self.width or found.shape[1]):
            raise unexpected(self._client.url)
        return found


def _unusable(url: str) -> ModelError:
    return ModelError(
        "inference.server-answer",
        "the server gives vectors without a length",
        where=url,
        remedy="Check that the model is one for embeddings",
    )
