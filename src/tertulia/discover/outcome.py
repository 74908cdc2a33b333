"""What a campaign found, as `campaign.json` holds it: the one thing that a dossier is made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from tertulia.errors import DataError
from tertulia.store.atomic import write_text
from tertulia.store.digest import canonical_json

SCHEMA = 1
FILE = "campaign.json"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Interval(_Record):
    """A value with its 90 % interval; `known` is false outside a model's domain."""

    value: float
    low: float
    high: float
    known: bool = True


class Check(_Record):
    """What one constraint said."""

    constraint: str
    passed: bool
    code: str | None = None
    text: str = ""


class Tier(_Record):
    """A validation at one level: `record` is the key of the calculation in the result store."""

    tier: Literal["xtb", "proton-sites", "conformers", "ion-pair", "dft", "excitations"]
    record: str
    done: bool
    reason: str | None = None
    detail: str = ""
    values: dict[str, Any] = {}


class Acidity(_Record):
    """How strong an acid is, in pKa units; after the tier `proton-sites` its most stable form."""

    pka: Interval
    """In water, by the family's own calibration or across families; not `known` where the energy
    lies beyond that of all measured acids of the family."""
    standing: Literal["calibrated", "ranked"]
    stronger_than_reference: Interval
    """pKa of the reference less that of the acid, in acetonitrile, on which scale strong acids have
    been measured: an interval above 0 excludes the reference."""


class Candidate(_Record):
    """One acid that was calculated, where it came from and what became of it."""

    smiles: str
    anion: str
    family: str
    batch: int
    """The round of the loop that proposed it, from 0."""
    generator: str
    parents: tuple[str, ...] = ()
    how: str = ""
    predicted: dict[str, Interval] = {}
    """By property, what was expected when it was chosen; empty before there was a model."""
    advisory: dict[str, Interval] = {}
    """By property, what models of other properties expect: for orientation, no ground of choice."""
    checks: tuple[Check, ...] = ()
    tiers: tuple[Tier, ...] = ()
    acidity: Acidity | None = None
    pareto: bool = False

    def tier(self, name: str) -> Tier | None:
        """The validation at a level, if it was made."""
        return next((tier for tier in self.tiers if tier.tier == name), None)

    @property
    def validated(self) -> bool:
        """Whether GFN2-xTB gave numbers for acid and anion, their bonds unchanged."""
        xtb = self.tier("xtb")
        return xtb is not None and xtb.done


class Funnel(_Record):
    """How many there were at each step, and why the others went."""

    proposed: dict[str, int]
    """By generator."""
    dropped: dict[str, dict[str, int]]
    """By generator or step, then by reason."""
    eligible: int
    calculated: int
    failed: dict[str, int]
    """By reason."""
    validated: int


class Outcome(_Record):
    """A whole campaign; the same brief, seed and libraries give the same one."""

    name: str
    key: str
    """SHA-256 of the resolved brief, the tasks' versions and the libraries'."""
    brief: dict[str, Any]
    versions: dict[str, str]
    objectives: tuple[str, ...]
    reference: str
    anchors: dict[str, Candidate]
    """By name: known anions, computed in the same way."""
    candidates: tuple[Candidate, ...]
    """In the order of their proposal."""
    finalists: tuple[str, ...]
    """Anions of the best, diverse set, best first."""
    funnel: Funnel
    progress: tuple[tuple[int, float], ...] = ()
    """(calculations, hypervolume of the objectives) after each batch."""
    approved: tuple[str, ...] = ()
    """Finalists whose dear calculations a person has approved."""

    @property
    def digest(self) -> str:
        """SHA-256, as 64 hex digits, of everything in it."""
        return hashlib.sha256(canonical_json(self.model_dump(mode="json"))).hexdigest()

    @model_validator(mode="after")
    def _finalists_are_candidates(self) -> Outcome:
        rated = {one.anion for one in self.candidates if one.acidity is not None}
        if not rated.issuperset(self.finalists):
            raise ValueError("a finalist is no candidate with an acidity")
        return self

    def candidate(self, anion: str) -> Candidate:
        """The candidate of an anion that is known to be among them."""
        return next(one for one in self.candidates if one.anion == anion)


def write_outcome(folder: Path, outcome: Outcome) -> Path:
    """Writes `campaign.json` into a folder, whole or not at all."""
    path = folder / FILE
    document = {"schema": SCHEMA, **outcome.model_dump(mode="json")}
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return path


def read_outcome(folder: Path) -> Outcome:
    """The outcome in a campaign's folder; raises DataError `discover.no-campaign`."""
    path = folder / FILE
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("schema") == SCHEMA:
            return Outcome.model_validate(document)
        why = "its schema is not ours"
    except OSError:
        why = "there is no campaign.json"
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        why = "its campaign.json is damaged"
    raise DataError(
        "discover.no-campaign",
        f"no outcome of a campaign can be read: {why}",
        where=str(path),
        remedy="Name the folder of a campaign that has run; running it again writes it anew",
    )
