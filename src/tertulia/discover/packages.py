"""The packages that campaigns want, and the one error where they are not installed."""

from __future__ import annotations

import importlib.util

from tertulia.errors import MissingExtraError

_PACKAGES = ("rdkit", "tblite", "selfies", "botorch", "gpytorch", "scipy", "threadpoolctl")


def require_discover(*, dear: bool = False) -> None:
    """Raises MissingExtraError `discover.missing-extra` unless a campaign can run here.

    `dear` asks for what density functional theory wants, too.
    """
    wanted = [(name, "discover") for name in _PACKAGES] + [("pyscf", "dft")] * dear
    for name, extra in wanted:
        if importlib.util.find_spec(name) is None:
            raise MissingExtraError(
                "discover.missing-extra",
                f"the package {name} is not installed",
                remedy=f"Install it with `pip install 'tertulia[{extra}]'`",
            )
