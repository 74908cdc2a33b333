"""BoTorch as this package uses it: quiet when it is imported, and compiling nothing."""

from __future__ import annotations

import warnings
from functools import cache


@cache
def load_botorch() -> None:
    """Imports what search needs of BoTorch; to be called before any other import from it."""
    with warnings.catch_warnings():
        # Its import scripts functions, of which torch says that this is deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        from botorch.acquisition.multi_objective import logei

    # On first use BoTorch would compile C++ where it finds a compiler: seconds, a warning where
    # that fails, and last bits that differ from those of a machine without one.
    logei._load_attempted = True
