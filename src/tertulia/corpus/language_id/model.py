"""The shipped model: whole-number weights for n-grams, summed over the words of a text.

Sums of whole numbers are exact, so a text scores the same alone, in any batch and on any machine.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from tertulia.corpus.language_id.grams import gram_rows
from tertulia.corpus.language_id.words import Words
from tertulia.errors import ModelError
from tertulia.recipe.shipped import shipped_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CARD = "card.json"
WEIGHTS = "weights.xz"

_KEPT_BITS = 17
"""2**_KEPT_BITS words keep their scores from one batch to the next."""


@dataclass(frozen=True)
class Model:
    """`languages` names the classes; `weights` int8 [2**bits, classes].

    A text of n words whose weights sum to s has the probabilities softmax(s * factor(n)) with
    factor(n) = sharpness * n ** -length_power.
    """

    languages: tuple[str, ...]
    bits: int
    weights: NDArray[np.int8]
    sharpness: float
    length_power: float


@cache
def shipped_model() -> Model:
    """The model of the wheel. Raises ModelError `corpus.language-id-damaged`."""
    return read_model(shipped_folder("language_id"))


def read_model(folder: Path) -> Model:
    """The model in `folder`.

    Raises ModelError `corpus.language-id-damaged` where its digest differs.
    """
    import numpy as np

    card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    packed = (folder / WEIGHTS).read_bytes()
    if hashlib.sha256(packed).hexdigest() != card["weights_sha256"]:
        raise ModelError(
            "corpus.language-id-damaged",
            "the model of language identification is not the one that its card describes",
            where=str(folder / WEIGHTS),
            remedy="Install tertulia again",
        )
    languages = tuple(card["languages"])
    columns = np.frombuffer(lzma.decompress(packed), dtype=np.int8)
    return Model(
        languages=languages,
        bits=card["bits"],
        weights=np.ascontiguousarray(columns.reshape(len(languages), -1).T),
        sharpness=card["sharpness"],
        length_power=card["length_power"],
    )


class Scorer:
    """Scores texts with a model, and remembers the scores of words it has seen."""

    def __init__(self, model: Model) -> None:
        import numpy as np

        self._model = model
        self._lock = Lock()
        # No word has the number 0 in practice, and one that had would only score as nothing.
        self._number = np.zeros(1 << _KEPT_BITS, dtype=np.uint64)
        # Behind the kept scores lie those of the words that are new in the batch at hand.
        self._score = np.zeros((2 << _KEPT_BITS, len(model.languages)), dtype=np.float32)

    def scores(self, words: Words) -> NDArray[np.float32]:
        """float32 [texts, classes]: the sums of the weights, whole numbers."""
        import numpy as np

        if words.number.size == 0:
            texts = words.first.size - 1
            return np.zeros((texts, len(self._model.languages)), dtype=np.float32)
        with self._lock:
            slot = (words.number >> np.uint64(64 - _KEPT_BITS)).astype(np.int64)
            new = np.flatnonzero(self._number[slot] != words.number)
            number, where, inverse = np.unique(
                words.number[new], return_index=True, return_inverse=True
            )
            place = slot.copy()
            place[new] = inverse + (1 << _KEPT_BITS)
            self._hold(self._word_scores(words, new[where]))
            summed = _sums(self._score.take(place, axis=0), words.first)
            kept = slot[new[where]]
            self._number[kept] = number
            self._score[kept] = self._score[1 << _KEPT_BITS :][: number.size]
        return summed

    def _hold(self, scored: NDArray[np.float32]) -> None:
        import numpy as np

        end = (1 << _KEPT_BITS) + len(scored)
        if end > len(self._score):
            grown = np.zeros((end, scored.shape[1]), dtype=np.float32)
            grown[: 1 << _KEPT_BITS] = self._score[: 1 << _KEPT_BITS]
            self._score = grown
        self._score[1 << _KEPT_BITS : end] = scored

    def _word_scores(self, words: Words, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        import numpy as np

        model = self._model
        if chosen.size == 0:
            return np.zeros((0, len(model.languages)), dtype=np.float32)
        rows, starts = gram_rows(words.buffer, words.begin[chosen], words.end[chosen], model.bits)
        sums = np.add.reduceat(model.weights[rows].astype(np.int16), starts, axis=0)
        return sums.astype(np.float32)


def _sums(scores: NDArray[np.float32], first: NDArray[np.int64]) -> NDArray[np.float32]:
    """[texts, classes]: the sums of rows `first[t]` to `first[t + 1]` of whole numbers."""
    import numpy as np

    result = np.zeros((first.size - 1, scores.shape[1]), dtype=np.float32)
    # reduceat gives the next text's first row where a text has none.
    filled = np.flatnonzero(np.diff(first))
    result[filled] = np.add.reduceat(scores, first[filled], axis=0)
    return result
