"""Which numbers of each tier a page shows, with their units, from what the tasks say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tertulia.discover.dossier.labels import yes_no
from tertulia.discover.dossier.numbers import number
from tertulia.discover.dossier.reason_labels import reason_name
from tertulia.discover.outcome import Tier
from tertulia.messages import mark, tr


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A value of a tier: its name in the record, for people, its unit and decimals."""

    name: str
    label: str
    unit: str = ""
    digits: int = 2


_DEPROTONATION = Quantity(
    name="deprotonation",
    label=mark("Deprotonation energy of the acid as written"),
    unit="kcal/mol",
)
_GAP = Quantity(name="gap_ev", label=mark("HOMO–LUMO gap of the anion"), unit="eV")
_ENERGIES = (
    Quantity(name="acid_energy", label=mark("Energy of the acid"), unit="hartree", digits=6),
    Quantity(name="anion_energy", label=mark("Energy of the anion"), unit="hartree", digits=6),
)
_LEVEL = (
    Quantity(name="functional", label=mark("Functional")),
    Quantity(name="basis", label=mark("Basis set")),
)
QUANTITIES: dict[str, tuple[Quantity, ...]] = {
    "xtb": (
        _DEPROTONATION,
        _GAP,
        *_ENERGIES,
        Quantity(name="conformers", label=mark("Conformers tried"), digits=0),
        Quantity(name="steps", label=mark("Steps of optimisation"), digits=0),
    ),
    "proton-sites": (
        Quantity(
            name="deprotonation",
            label=mark("Deprotonation energy of the most stable acid"),
            unit="kcal/mol",
        ),
        _ENERGIES[1],
    ),
    "conformers": (
        _DEPROTONATION,
        Quantity(
            name="lowest_deprotonation", label=mark("The same, lowest conformers"), unit="kcal/mol"
        ),
        Quantity(name="acid_conformers", label=mark("Conformers of the acid"), digits=0),
        Quantity(name="anion_conformers", label=mark("Conformers of the anion"), digits=0),
        Quantity(name="acid_spread", label=mark("Their spread, acid"), unit="kcal/mol"),
        Quantity(name="anion_spread", label=mark("Their spread, anion"), unit="kcal/mol"),
        Quantity(name="acid_lost", label=mark("Starts without a result, acid")),
        Quantity(name="anion_lost", label=mark("Starts without a result, anion")),
    ),
    "ion-pair": (
        Quantity(name="binding", label=mark("Binding energy of the ion pair"), unit="kcal/mol"),
        Quantity(name="sulfur_distance", label=mark("Distance from the sulfur"), unit="Å"),
        Quantity(name="nearest_atom", label=mark("Nearest atom of the anion")),
        Quantity(name="gap_ev", label=mark("HOMO–LUMO gap of the pair"), unit="eV"),
        Quantity(name="bindings", label=mark("Binding in all minima found"), unit="kcal/mol"),
        Quantity(name="lost", label=mark("Starts without a result")),
    ),
    "dft": (
        _DEPROTONATION,
        *_LEVEL,
        Quantity(name="anion_gap", label=mark("HOMO–LUMO gap of the anion"), unit="eV"),
        Quantity(name="acid_gap", label=mark("HOMO–LUMO gap of the acid"), unit="eV"),
        Quantity(name="anion_homo", label=mark("HOMO of the anion"), unit="eV"),
        Quantity(name="anion_lumo", label=mark("LUMO of the anion"), unit="eV"),
        Quantity(name="bound", label=mark("The anion holds its electron")),
        *_ENERGIES,
    ),
    "excitations": (
        *_LEVEL,
        Quantity(name="method", label=mark("Method")),
        Quantity(
            name="absorptivity_193",
            label=mark("Molar absorptivity at 193 nm"),
            unit="L/(mol·cm)",
            digits=0,
        ),
        Quantity(
            name="absorptivity_248",
            label=mark("Molar absorptivity at 248 nm"),
            unit="L/(mol·cm)",
            digits=0,
        ),
        Quantity(name="highest_ev", label=mark("Highest state computed"), unit="eV"),
        Quantity(
            name="bound_below_ev", label=mark("Detachment of the electron (Koopmans)"), unit="eV"
        ),
    ),
}
"""By tier, in the order in which they are shown; one that a record has not is left out."""


def shown(tier: Tier) -> list[tuple[str, str]]:
    """(label, value with its unit) of what a tier gave, in the reader's language."""
    return [
        (tr(one.label), _written(tier.values[one.name], one))
        for one in QUANTITIES[tier.tier]
        if one.name in tier.values
    ]


def states(tier: Tier) -> list[tuple[str, str, str]]:
    """(eV, nm, oscillator strength) of each excited state."""
    found = tier.values.get("states", [])
    return [
        (number(one["ev"], 2), number(one["nm"], 1), number(one["strength"], 4))
        for one in found
        if isinstance(one, Mapping) and {"ev", "nm", "strength"} <= set(one)
    ]


def _written(value: Any, one: Quantity) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, int | float):
        return f"{number(value, one.digits)} {one.unit}".rstrip()
    if isinstance(value, Mapping):
        return "; ".join(f"{reason_name(why)}: {count}" for why, count in value.items()) or "0"
    if isinstance(value, list):
        written = "; ".join(
            number(part, one.digits) if isinstance(part, int | float) else str(part)
            for part in value
        )
        return f"{written} {one.unit}".rstrip()
    return str(value)
