"""The judge: every constraint on an acid, so that the first that fails hides no other."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from tertulia.discover.constraints import (
    accessibility,
    critical_elements,
    explosive,
    labile,
    pfas,
    ring_strain,
    structure,
    toxic_motifs,
)
from tertulia.discover.constraints.anchors import anchor_anions
from tertulia.discover.constraints.pfas import Definition
from tertulia.discover.constraints.verdict import Verdict
from tertulia.discover.molecules.acid import Acid, read_smiles
from tertulia.recipe.section import Section

__all__ = ["CODES", "CONSTRAINTS", "Limits", "Verdict", "judge"]

CONSTRAINTS = (
    structure.NAME,
    ring_strain.NAME,
    pfas.NAME,
    explosive.NAME,
    labile.NAME,
    toxic_motifs.NAME,
    critical_elements.NAME,
    accessibility.NAME,
)
"""Names of the constraints, in the order in which they judge."""

CODES = (
    *structure.CODES,
    *ring_strain.CODES,
    *pfas.CODES,
    *explosive.CODES,
    *labile.CODES,
    *toxic_motifs.CODES,
    *critical_elements.CODES,
    *accessibility.CODES,
)
"""Every code that a finding can have."""


class Limits(Section):
    """What a brief forbids: thresholds, and what it lets pass."""

    pfas: Definition = "oecd-2021"
    """By whose definition a PFAS is forbidden."""
    carbon_fluorine: Annotated[int, Field(ge=0)] | None = 3
    """Most C-F bonds of any kind, those that make no PFAS too: as many as one CF3 has."""
    elements: tuple[str, ...] = ("B", "Br", "C", "Cl", "F", "H", "N", "O", "P", "S", "Si")
    """No metals, which spoil a wafer; no iodine, whose bond to carbon breaks at 193 to 248 nm."""
    min_heavy_atoms: Annotated[int, Field(ge=1)] = 5
    max_heavy_atoms: Annotated[int, Field(ge=1)] = 40
    ring_size: Annotated[int, Field(ge=3)] = 8
    """Atoms of the largest ring."""
    nitro_groups: Annotated[int, Field(ge=0)] = 1
    oxygen_balance: float = -74.0
    """In %: with a nitro group or kin it must lie below; that of trinitrotoluene is -74."""
    accessibility: Annotated[float, Field(ge=1, le=10)] = 4.6
    """Highest score: just above pentacyanocyclopentadienide's, 4.59 as the anion is scored."""
    supply_risk: Annotated[float, Field(ge=0)] = 1.0
    """Highest mean supply risk by mass: from 1.0 on the Commission calls a raw material risky."""
    waived: tuple[str, ...] = ()
    """Names of constraints, or codes of findings, that do not forbid in this brief."""

    @field_validator("elements")
    @classmethod
    def _known_elements(cls, elements: tuple[str, ...]) -> tuple[str, ...]:
        from rdkit import Chem

        table = Chem.GetPeriodicTable()
        known = {table.GetElementSymbol(number) for number in range(1, 119)}
        if unknown := [one for one in elements if one not in known]:
            raise ValueError(f"{', '.join(unknown)} is no chemical element")
        return elements

    @field_validator("waived")
    @classmethod
    def _known_findings(cls, waived: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [one for one in waived if one not in {*CONSTRAINTS, *CODES}]:
            raise ValueError(
                f"{', '.join(unknown)} is no constraint and no code of one; constraints are "
                + ", ".join(CONSTRAINTS)
            )
        return waived

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Limits:
        if self.min_heavy_atoms > self.max_heavy_atoms:
            raise ValueError("min_heavy_atoms is above max_heavy_atoms")
        return self


@lru_cache(maxsize=65_536)
def judge(acid: Acid, limits: Limits) -> tuple[Verdict, ...]:
    """What every constraint says of an acid: at least one verdict of each, in their order.

    It passes if all verdicts pass; those that pass with a code are remarks for a chemist.
    """
    molecule, anion = read_smiles(acid.smiles), read_smiles(acid.anion)
    said = (
        *structure.judge_structure(
            molecule,
            anion,
            elements=limits.elements,
            heavy_atoms=(limits.min_heavy_atoms, limits.max_heavy_atoms),
        ),
        *ring_strain.judge_ring_strain(molecule, ring_size=limits.ring_size),
        *pfas.judge_pfas(molecule, limits.pfas, limits.carbon_fluorine),
        *explosive.judge_explosive(
            molecule,
            nitro_groups=limits.nitro_groups,
            oxygen_balance_limit=limits.oxygen_balance,
        ),
        *labile.judge_labile(molecule),
        *toxic_motifs.judge_toxic_motifs(molecule),
        *critical_elements.judge_critical_elements(molecule, limit=limits.supply_risk),
        *accessibility.judge_accessibility(
            acid.smiles, limit=limits.accessibility, exempt=acid.anion in anchor_anions()
        ),
    )
    return tuple(_waived(one, limits) for one in said)


def _waived(verdict: Verdict, limits: Limits) -> Verdict:
    if verdict.passed or not {verdict.constraint, verdict.code} & set(limits.waived):
        return verdict
    return replace(verdict, passed=True, waived=True)
