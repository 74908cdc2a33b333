"""Radii of free atoms by Slater's rules: where the outermost shell's density is greatest."""

from __future__ import annotations

_CORES = {1: (), 2: (2,), 3: (2, 8), 4: (2, 8, 8), 5: (2, 8, 18, 8)}
"""Electrons by principal number below the outermost shell, before its d shell is filled."""
_EFFECTIVE = {1: 1.0, 2: 2.0, 3: 3.0, 4: 3.7, 5: 4.0}
"""Slater's effective principal number of the outermost shell."""
_D_SHELL, _XENON = 10, 54


def slater_radius(symbol: str) -> float:
    """n*²/Z_eff in bohr of a main-group element up to xenon; raises ValueError for any other.

    Source: Slater, Phys. Rev. 1930, 36, 57; for these elements it gives the absolute radii of
    Ghosh and others, J. Mol. Struct. THEOCHEM 2008, 865, 60.
    """
    from rdkit.Chem import GetPeriodicTable

    number = GetPeriodicTable().GetAtomicNumber(symbol)
    shell = max(one for one, core in _CORES.items() if number > sum(core))
    outer = number - sum(_CORES[shell])
    below = _CORES[shell][-1] if shell > 1 else 0
    if shell >= 4 and outer > 2:
        outer, below = outer - _D_SHELL, below + _D_SHELL
    if number > _XENON or (below >= 2 * _D_SHELL - 2 and outer <= 2):
        raise ValueError(f"{symbol} is no main-group element up to xenon")
    own = 0.30 if shell == 1 else 0.35
    deeper = number - outer - below
    charge = number - own * (outer - 1) - 0.85 * below - deeper
    return _EFFECTIVE[shell] ** 2 / charge
