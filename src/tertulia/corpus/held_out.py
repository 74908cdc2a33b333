"""Sets whole documents aside for measuring, in languages whose sources set none aside.

The choice hangs on a document's id alone, so that a corpus that grows never moves a document
from one side to the other.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tertulia.corpus.document import SPLITS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TRAIN, _HELD_OUT = SPLITS.index("train"), SPLITS.index("held_out")


def held_out(
    base: NDArray[np.uint8], split: NDArray[np.uint8], draws: NDArray[np.float64], fraction: float
) -> NDArray[np.uint8]:
    """`split` (places in `SPLITS`) with `held_out` chosen in each base that has none.

    About `fraction` of the training documents, those of the lowest draws; at least one of two
    where it is above zero.
    """
    import numpy as np

    result = split.copy()
    if fraction <= 0:
        return result
    for language in np.unique(base):
        inside = base == language
        if (split[inside] == _HELD_OUT).any():
            continue
        open_rows = np.flatnonzero(inside & (split == _TRAIN))
        chosen = open_rows[draws[open_rows] < fraction]
        if not len(chosen) and len(open_rows) >= 2:
            chosen = open_rows[[int(np.argmin(draws[open_rows]))]]
        result[chosen] = _HELD_OUT
    return result


def draw(name: str) -> float:
    """A number in [0, 1) that follows from a document's id, uniform over ids."""
    return int.from_bytes(hashlib.sha256(b"held-out\0" + name.encode()).digest()[:6]) / 2**48
