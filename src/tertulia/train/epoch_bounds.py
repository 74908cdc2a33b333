"""How often each document may be read in training, where its source has a bound.

A bound of 2.5 is two epochs for every document of the source and a third for half of them. Which
half follows from a document's id alone, so a corpus that grows moves none from one to the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

UNBOUNDED = np.iinfo(np.int64).max


def document_epochs(
    ids: Sequence[str], sources: Sequence[str], max_epochs: Mapping[str, float]
) -> NDArray[np.int64] | None:
    """[D] epochs of each document; None where none of them has a bound."""
    if not max_epochs.keys() & set(sources):
        return None
    return np.array(
        [
            _epochs(name, max_epochs[source]) if source in max_epochs else UNBOUNDED
            for name, source in zip(ids, sources, strict=True)
        ],
        dtype=np.int64,
    )


def _epochs(name: str, bound: float) -> int:
    whole = int(bound)
    part = bound - whole
    return whole + int(part > 0 and _draw(name) < part)


def _draw(name: str) -> float:
    """A number in [0, 1) that follows from an id, and from nothing that other draws follow from."""
    return int.from_bytes(hashlib.sha256(b"epochs\0" + name.encode()).digest()[:6]) / 2**48
