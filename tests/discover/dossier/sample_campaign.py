"""A small campaign made by hand: finalists, anchors, a failure, texts that try to be markup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tertulia.campaign.calculation import Calculation, Cost, Result
from tertulia.campaign.result_store import ResultStore
from tertulia.discover.appraisal import anchor_acids
from tertulia.discover.brief import Brief
from tertulia.discover.constraints.judge import judge
from tertulia.discover.molecules.acid import Acid, acid_of
from tertulia.discover.outcome import (
    Acidity,
    Candidate,
    Check,
    Funnel,
    Interval,
    Outcome,
    Tier,
    write_outcome,
)

HOSTILE = '<script>alert("x")</script>{{ 7*7 }}'
FINALISTS = ("N#CC(C#N)S(=O)(=O)c1ccccc1", "O=S(=O)(O)c1ccc(C#N)cc1", "N#CNS(=O)(=O)c1ccccc1C#N")
ENOL = "N#CC(=C=N)S(=O)(=O)c1ccccc1"
"""The same acid as the first finalist, its proton on nitrogen."""
SEED = "CS(=O)(=O)O"
MIDDLING = "O=S(=O)(O)c1ccc(Cl)cc1"
FAILED = "O=S(=O)(O)C(C#N)(C#N)C#N"
METHANE = "1\n\nC 0.000000 0.000000 0.000000\n"
LIBRARIES = {"rdkit": "1.0", "tblite": "2.0"}


def brief(**dear: Any) -> Brief:
    """The brief of the sample."""
    return Brief.model_validate(
        {"kind": "campaign", "name": "sample", "seed": 7, "dear": dear, "constraints": {}}
    )


def calculation(tier: str, acid: Acid) -> Calculation:
    """Of some task; what is computed plays no part here."""
    return Calculation(
        task=f"tests:compute_{tier.replace('-', '_')}",
        version=1,
        inputs={"acid": acid.smiles, "anion": acid.anion},
        libraries=LIBRARIES,
    )


def kept(store: ResultStore, tier: Any, acid: Acid, **values: Any) -> Tier:
    """A record with its geometry, and the tier of it as an outcome has it."""
    made = calculation(tier, acid)
    cost = Cost(seconds=2.0, cpu_seconds=1.5, host="h", processor="p", began="2026-01-01")
    geometries = {"anion_xyz": METHANE} if tier == "xtb" else {}
    store.put(Result(calculation=made, status="done", values={**values, **geometries}, cost=cost))
    return Tier(tier=tier, record=made.key, done=True, values=values)


def failure(store: ResultStore, tier: Any, acid: Acid, reason: str, detail: str) -> Tier:
    """A record of a calculation that gave nothing."""
    made = calculation(tier, acid)
    store.put(Result(calculation=made, status="failed", reason=reason, detail=detail))
    return Tier(tier=tier, record=made.key, done=False, reason=reason, detail=detail)


def acidity(pka: float, standing: Any = "calibrated") -> Acidity:
    """With intervals that are two and one and a half wide on each side."""
    return Acidity(
        pka=Interval(value=pka, low=pka - 2, high=pka + 2),
        standing=standing,
        stronger_than_reference=Interval(value=-pka, low=-pka - 1.5, high=-pka + 1.5),
    )


def candidate(store: ResultStore, smiles: str, energy: float, **fields: Any) -> Candidate:
    """A validated one, whose acidity follows from its energy."""
    acid = acid_of(smiles)
    tiers = (kept(store, "xtb", acid, deprotonation=energy, gap_ev=energy / 50, steps=12),)
    told = {
        "smiles": acid.smiles,
        "anion": acid.anion,
        "family": acid.family,
        "batch": 1,
        "generator": "graph-ga",
        "checks": checks(acid),
        "tiers": tiers,
        "acidity": acidity((energy - 120) / 5),
    }
    return Candidate.model_validate({**told, **fields})


def examined(
    store: ResultStore,
    one: Candidate,
    energies: dict[str, float],
    lost: dict[str, str] | None = None,
) -> Candidate:
    """The same after its proton's sites: energies of its acids, and reasons of those without."""
    found = [
        {"acid": acid, "energy": -30.0 - energy / 627.5, "deprotonation": energy}
        for acid, energy in sorted(energies.items(), key=lambda pair: -pair[1])
    ]
    failed = [
        {"acid": acid, "reason": reason, "detail": HOSTILE} for acid, reason in (lost or {}).items()
    ]
    best = found[0]["deprotonation"]
    values = {"sites": found, "deprotonation": best, "anion_energy": -30.0, "failed": failed}
    tier = kept(store, "proton-sites", acid_of(one.smiles), **values)
    told = {"tiers": (*one.tiers, tier), "acidity": acidity((max(energies.values()) - 120) / 5)}
    return one.model_copy(update=told)


def checks(acid: Acid) -> tuple[Check, ...]:
    """As a campaign records them."""
    return tuple(
        Check(
            constraint=one.constraint,
            passed=one.passed,
            code=one.code,
            text=one.message.format(**dict(one.fields)),
        )
        for one in judge(acid, brief().constraints)
    )


def sample(folder: Path, **dear: Any) -> Outcome:
    """Writes the campaign's records and outcome into a folder."""
    store = ResultStore(folder / "results")
    anchors = {
        name: examined(
            store,
            candidate(store, acid.smiles, 100.0 + place, generator="anchor", how=name),
            {acid.smiles: 100.0 + place},
        )
        for place, (name, acid) in enumerate(anchor_acids().items())
    }
    outcome = _outcome(store, anchors, brief(**dear))
    store.close()
    write_outcome(folder, outcome)
    return outcome


def _outcome(store: ResultStore, anchors: dict[str, Candidate], asked: Brief) -> Outcome:
    first, second, third = (acid_of(one) for one in FINALISTS)
    seed = candidate(store, SEED, 118.0, generator="seeds", batch=0)
    one = candidate(
        store, FINALISTS[0], 91.75, how=HOSTILE, parents=(second.smiles, "CCS(=O)(=O)O")
    )
    one = examined(store, one, {ENOL: 93.25, FINALISTS[0]: 91.5})
    two = candidate(store, FINALISTS[1], 96.5, parents=(seed.smiles,), pareto=True)
    two = examined(store, two, {two.smiles: 96.5}, {"CC(=O)O": "connectivity-changed"})
    three = candidate(store, FINALISTS[2], 98.0, generator="fragments")
    three = three.model_copy(update={"acidity": acidity(-3, "ranked")})
    one = one.model_copy(
        update={
            "predicted": {
                "acidity": Interval(value=-95, low=-99, high=-91),
                "transparency": Interval(value=4, low=3.5, high=4.5, known=False),
            },
            "advisory": {"half-life": Interval(value=1, low=0, high=2, known=False)},
            "tiers": (*one.tiers, *_further(store, first)),
        }
    )
    two = two.model_copy(
        update={"tiers": (*two.tiers, failure(store, "ion-pair", second, "not-converged", HOSTILE))}
    )
    broken = acid_of(FAILED)
    failed = candidate(store, FAILED, 0.0, acidity=None, generator="selfies").model_copy(
        update={
            "tiers": (
                failure(store, "dft", broken, "no-such-reason", HOSTILE).model_copy(
                    update={"tier": "xtb"}
                ),
            )
        }
    )
    found = (seed, one, two, three, candidate(store, MIDDLING, 119.0), failed)
    return Outcome(
        name="sample",
        key="ab" * 32,
        brief=json.loads(asked.model_dump_json()),
        versions=LIBRARIES,
        objectives=asked.target.objectives,
        reference="tosylate",
        anchors=anchors,
        candidates=found,
        finalists=(first.anion, second.anion, third.anion),
        funnel=_funnel(len(anchors) + len(found)),
        progress=((4, 1.0), (6, 2.5), (10, 2.75)),
        approved=(first.anion,),
    )


def _further(store: ResultStore, acid: Acid) -> tuple[Tier, ...]:
    states = [{"ev": 6.2, "nm": 199.97, "strength": 0.0123}]
    return (
        kept(store, "conformers", acid, deprotonation=93.5, acid_lost={"not-converged": 2}),
        kept(store, "ion-pair", acid, binding=-21.37, nearest_atom="O", bindings=[-21.37, -20.0]),
        kept(store, "dft", acid, deprotonation=310.25, bound=True, functional="pbe0"),
        kept(store, "excitations", acid, states=states, absorptivity_193=1234.5),
    )


def _funnel(calculated: int) -> Funnel:
    return Funnel(
        proposed={"fragments": 40, "graph-ga": 30, "selfies": 20},
        dropped={
            "fragments": {"repeated": 5, "pfas-oecd-2021": 20},
            "graph-ga": {"impossible-valence": 6, "labile-anhydride": 9},
            "selfies": {"no-molecule": 4, HOSTILE: 6},
            "search": {"outranked": 3},
        },
        eligible=40,
        calculated=calculated,
        failed={"no-such-reason": 1},
        validated=calculated - 1,
    )
