"""The levels of validation above xTB: which task computes each, from what, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from tertulia.campaign.calculation import Calculation, Result
from tertulia.compute.task import TaskFunction
from tertulia.discover.brief import Brief
from tertulia.discover.outcome import Candidate, Tier

TierName = Literal["proton-sites", "conformers", "ion-pair", "dft", "excitations"]
DEAR: frozenset[TierName] = frozenset({"dft", "excitations"})
"""Those that a person must approve."""


def tasks() -> tuple[TaskFunction, ...]:
    """Every task whose version decides a campaign's result."""
    from tertulia.discover.physics.acidity import compute_acidity
    from tertulia.discover.physics.conformers import compute_conformers
    from tertulia.discover.physics.dft import compute_dft
    from tertulia.discover.physics.excitations import compute_excitations
    from tertulia.discover.physics.ion_pair import compute_ion_pair
    from tertulia.discover.physics.proton_sites import compute_proton_sites

    return (
        compute_acidity,
        compute_proton_sites,
        compute_conformers,
        compute_ion_pair,
        compute_dft,
        compute_excitations,
    )


def calculation(
    tier: TierName,
    candidate: Candidate,
    xtb: Mapping[str, Any],
    brief: Brief,
    libraries: Mapping[str, str],
) -> Calculation | None:
    """What a tier calculates for a candidate, None where the brief leaves it out.

    `xtb` are the values of its xTB calculation: the dear tiers take its geometries.
    """
    _, sites, conformers, ion_pair, dft, excitations = tasks()
    cheap = {
        "acid": candidate.smiles,
        "anion": candidate.anion,
        "solvent": brief.target.solvent,
        "seed": brief.seed + 1,
    }
    level = {"functional": brief.dear.functional, "basis": brief.dear.basis}
    match tier:
        case "proton-sites":
            return Calculation.of(sites, cheap, libraries)
        case "conformers":
            return Calculation.of(conformers, cheap, libraries)
        case "ion-pair":
            return Calculation.of(ion_pair, cheap, libraries)
        case "dft":
            geometries = {name: xtb[name] for name in ("acid_xyz", "anion_xyz")}
            return Calculation.of(dft, {**geometries, **level}, libraries)
        case "excitations":
            if not brief.dear.excitations:
                return None
            asked = {
                "xyz": xtb["anion_xyz"],
                "charge": -1,
                "method": brief.dear.method,
                "states": brief.dear.excitations,
            }
            return Calculation.of(excitations, {**asked, **level}, libraries)


def tier_of(tier: TierName | Literal["xtb"], result: Result) -> Tier:
    """A tier's result as an outcome keeps it, without geometries, which the record holds."""
    return Tier(
        tier=tier,
        record=result.calculation.key,
        done=result.done,
        reason=result.reason,
        detail=result.detail,
        values={name: value for name, value in result.values.items() if "xyz" not in name},
    )
