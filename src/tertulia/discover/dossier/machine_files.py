"""The dossier for programs: `dossier.json` and `candidates.csv`, in no language."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tertulia.discover.dossier import cautions
from tertulia.discover.dossier.campaign_view import CampaignView, page_name, score_of
from tertulia.discover.dossier.figures import (
    binding,
    coverage,
    generator_figures,
    left_waiting,
    no_finalists,
    waiting,
    xtb_value,
)
from tertulia.discover.dossier.page_template import ORDER, tag
from tertulia.discover.dossier.proton_forms import SITES, most_stable
from tertulia.discover.dossier.verdict_lines import remarks
from tertulia.discover.outcome import Candidate, Tier

SCHEMA = 1
COLUMNS = (
    "place",
    "anchor",
    "anion",
    "acid",
    "family",
    "generator",
    "batch",
    "status",
    "reason",
    "deprotonation_kcal_mol",
    "most_stable_acid",
    "most_stable_deprotonation_kcal_mol",
    "acidity_of",
    "gap_ev",
    "pka_water",
    "pka_water_low",
    "pka_water_high",
    "extrapolated",
    "standing",
    "stronger_than_reference_pka",
    "stronger_than_reference_low",
    "stronger_than_reference_high",
    "ion_pair_binding_kcal_mol",
    "accessibility",
    "pareto",
    "passed",
    "codes",
    "record",
    "sites_status",
    "sites_record",
)


def dossier_json(view: CampaignView, files: Mapping[str, tuple[str, ...]]) -> str:
    """Everything that the pages say, under the names that the code uses; `files` by anion."""
    outcome = view.outcome
    document = {
        "schema": SCHEMA,
        "name": outcome.name,
        "key": outcome.key,
        "digest": outcome.digest,
        "versions": outcome.versions,
        "objectives": list(outcome.objectives),
        "reference": outcome.reference,
        "languages": [tag(one) for one in ORDER],
        "finalists": [
            {
                "place": place,
                "page": page_name(place),
                "files": list(files.get(one.anion, ())),
                "approved": one.anion in outcome.approved,
                **_candidate(one),
            }
            for place, one in enumerate(view.finalists, start=1)
        ],
        "anchors": {name: _candidate(one) for name, one in view.anchors.items()},
        "funnel": outcome.funnel.model_dump(mode="json"),
        "generators": [asdict(one) for one in generator_figures(outcome)],
        "left_waiting": left_waiting(outcome),
        "no_finalists": no_finalists(outcome, view.brief),
        "coverage": [asdict(one) for one in coverage(outcome)],
        "progress": [list(step) for step in outcome.progress],
        "waiting_for_approval": list(waiting(outcome)),
        "proxies": list(cautions.campaign_proxies(outcome)),
        "to_be_checked": list(cautions.LABORATORY),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _candidate(one: Candidate) -> dict[str, Any]:
    best = most_stable(one)
    energies = {
        "as_written": xtb_value(one, "deprotonation"),
        "most_stable": best.deprotonation if best else None,
        "most_stable_acid": best.acid if best else None,
        "most_stable_is_written": best.written if best else None,
    }
    return {
        **one.model_dump(mode="json"),
        "accessibility": score_of(one),
        "acidity_of": _acidity_of(one),
        "deprotonation_kcal_mol": energies,
    }


def _acidity_of(one: Candidate) -> str | None:
    """Of which acid the acidity is."""
    if one.acidity is None:
        return None
    return "most-stable" if most_stable(one) else "as-written"


def candidates_csv(view: CampaignView) -> str:
    """A line for each anchor and each candidate, those without a result too; RFC 4180."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    for name, one in view.anchors.items():
        writer.writerow(_line(view, one) | {"anchor": name})
    for one in view.outcome.candidates:
        writer.writerow(_line(view, one))
    return stream.getvalue()


def _line(view: CampaignView, one: Candidate) -> dict[str, Any]:
    xtb, sites, best = one.tier("xtb"), one.tier(SITES), most_stable(one)
    fields = {
        "place": view.place(one),
        "anion": one.anion,
        "acid": one.smiles,
        "family": one.family,
        "generator": one.generator,
        "batch": one.batch,
        "status": "validated" if one.validated else "failed",
        "reason": xtb.reason if xtb else None,
        "deprotonation_kcal_mol": xtb_value(one, "deprotonation"),
        "most_stable_acid": best.acid if best else None,
        "most_stable_deprotonation_kcal_mol": best.deprotonation if best else None,
        "acidity_of": _acidity_of(one),
        "gap_ev": xtb_value(one, "gap_ev"),
        "ion_pair_binding_kcal_mol": binding(one),
        "accessibility": score_of(one),
        "pareto": int(one.pareto),
        "passed": int(all(check.passed for check in one.checks)),
        "codes": " ".join(remarks(one)),
        "record": xtb.record if xtb else None,
        "sites_status": _sites_status(sites),
        "sites_record": sites.record if sites else None,
        **_acidity(one),
    }
    return {name: _inert(value) for name, value in fields.items()}


def _acidity(one: Candidate) -> dict[str, Any]:
    if one.acidity is None:
        return {}
    pka, more = one.acidity.pka, one.acidity.stronger_than_reference
    return {
        "pka_water": pka.value,
        "pka_water_low": pka.low,
        "pka_water_high": pka.high,
        "extrapolated": int(not pka.known),
        "standing": one.acidity.standing,
        "stronger_than_reference_pka": more.value,
        "stronger_than_reference_low": more.low,
        "stronger_than_reference_high": more.high,
    }


def _sites_status(sites: Tier | None) -> str | None:
    """`done`, or the reason of the failure; None where they were not examined."""
    if sites is None:
        return None
    return "done" if sites.done else sites.reason


def _inert(value: Any) -> Any:
    """Text that a spreadsheet would compute is led by an apostrophe."""
    risky = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if risky else value
