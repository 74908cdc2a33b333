"""Vectors of texts from our own model of sentence vectors, in process and without the network."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tertulia.compute.processor import has_bfloat16
from tertulia.inference.embedder import Vectors
from tertulia.inference.sentence_model import SentenceModel, load_sentence_model
from tertulia.tokenizer.special import BOS, EOS

_TEXTS_AT_ONCE = 512
_CHARACTERS_A_TOKEN = 16
"""No text of so many characters a token of context needs to be read further."""


class SentenceEmbedder:
    """An Embedder; calls from several threads wait for one another."""

    def __init__(self, model: SentenceModel) -> None:
        self.name = model.name
        self.width = model.transformer.config.width
        self.context = model.transformer.config.context
        self._transformer, self._tokenizer = model.transformer, model.tokenizer
        # With such products three times as fast, without them slower.
        self._half = has_bfloat16()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path | None = None) -> SentenceEmbedder:
        """The model in `folder`, or the shipped one; raises as `load_sentence_model`."""
        from tertulia.recipe.shipped import shipped_folder

        return cls(load_sentence_model(folder or shipped_folder("sentence_model")))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`; the model reads questions and passages alike."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`; a text without any word has a vector of its own all the same."""
        from tertulia.train.sentence_vectors import embed

        found = np.zeros((len(texts), self.width), dtype=np.float32)
        # Of like length together, so that rows are full and a long text holds up no short ones.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        with self._lock:
            for first in range(0, len(order), _TEXTS_AT_ONCE):
                some = order[first : first + _TEXTS_AT_ONCE]
                vectors = embed(
                    self._transformer,
                    self._ids([texts[i] for i in some]),
                    bfloat16=self._half,
                )
                found[some] = vectors.cpu().numpy()
        return found

    def count_tokens(self, texts: Sequence[str]) -> int:
        """See `Embedder`."""
        return sum(map(len, self._ids(texts)))

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        most = self.context * _CHARACTERS_A_TOKEN
        encoded = self._tokenizer.encode_batch([_plain(text[:most]) for text in texts])
        return [[BOS, *ids[: self.context - 2], EOS] for ids in encoded]


def _plain(text: str) -> str:
    # Half a surrogate pair can come out of JSON; it is no character and has no meaning.
    whole = text.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", whole).lower()
