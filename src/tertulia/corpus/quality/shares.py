"""Shares per document, exact on any machine: whole numbers divided once, kept as float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Signal = NDArray[np.generic]
    """One value per document; NaN where the signal does not apply."""


def share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float32]:
    """`part / whole` for each document, and 0 where the whole is nothing."""
    import numpy as np

    return (part / np.maximum(whole, 1)).astype(np.float32)
