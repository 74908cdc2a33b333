"""Valencian or another Catalan, told of a whole document by the marker words in it.

Markers are forms, not subjects: verb endings (`servix`, `mostre`, `tindre`), demonstratives
(`este`), possessives (`seua`), accents (`anglés`), a few words (`hui`, `xiquet`). Each belongs to a
family; a document's evidence is the logarithm of one plus how often the family occurs, times the
family's weight. A document without any marker is called Catalan, with a low confidence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.corpus.language_id.words import split_words
from tertulia.recipe.shipped import shipped_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATALAN = "ca"
VALENCIAN = "ca-valencia"
FILE = "variety.json"


@dataclass(frozen=True)
class Markers:
    """`number` uint64 [markers], sorted, the numbers of marker words; `family` int64 [markers]."""

    number: NDArray[np.uint64]
    family: NDArray[np.int64]
    families: int

    def evidence(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """float64 [texts, families]: log(1 + times that a family's words occur)."""
        import numpy as np

        words = split_words(texts)
        counts = np.zeros((len(texts), self.families), dtype=np.int64)
        if words.number.size:
            place = np.searchsorted(self.number, words.number)
            place[place == self.number.size] = 0
            known = self.number[place] == words.number
            text = np.repeat(np.arange(len(texts)), np.diff(words.first))
            both = text[known] * self.families + self.family[place[known]]
            counts = np.bincount(both, minlength=counts.size).reshape(counts.shape)
        found: NDArray[np.float64] = np.log1p(counts)
        return found


@dataclass(frozen=True)
class VarietyModel:
    """`weights` float64 [families]; positive is Valencian."""

    markers: Markers
    weights: NDArray[np.float64]
    bias: float


def markers(spelt: Sequence[tuple[str, int]], families: int) -> Markers:
    """Markers of (lower-case word, family)."""
    import numpy as np

    words = split_words([word for word, _ in spelt])
    number = words.number[words.first[1:] - 1]
    order = np.argsort(number)
    family = np.array([family for _, family in spelt], dtype=np.int64)
    return Markers(number=number[order], family=family[order], families=families)


@cache
def shipped_variety_model() -> VarietyModel:
    """The variety model of the wheel."""
    return read_variety_model(shipped_folder("language_id"))


def read_variety_model(folder: Path) -> VarietyModel:
    """The variety model in `folder`."""
    import numpy as np

    stored: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    words = [(word, at) for at, family in enumerate(stored["families"]) for word in family["words"]]
    return VarietyModel(
        markers=markers(words, len(stored["families"])),
        weights=np.array([family["weight"] for family in stored["families"]]),
        bias=stored["bias"],
    )


def valencian_probability(texts: Sequence[str]) -> NDArray[np.float32]:
    """float32 [texts], to four digits: that a Catalan text is Valencian."""
    import numpy as np

    model = shipped_variety_model()
    evidence = model.markers.evidence(texts)
    # One family after another: the sum must not depend on how a library splits the product.
    total = np.full(len(texts), model.bias, dtype=np.float64)
    for at, weight in enumerate(model.weights.tolist()):
        total += weight * evidence[:, at]
    probability: NDArray[np.float32] = (1 / (1 + np.exp(-total))).round(4).astype(np.float32)
    return probability
