"""The one protocol behind which every model of sentence vectors stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors of length one whose product tells how alike their meaning is.

    Questions and passages are told apart because some models read them differently.
    """

    name: str
    """Name and digest: vectors of models with different names are never compared."""
    width: int
    context: int
    """Tokens that are read of a text; of a longer one the beginning counts."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors (N, width) of questions."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (N, width) of passages."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> int:
        """How many tokens all the texts take."""
        ...
