"""A campaign as all pages see it: its outcome, its brief, its records, where things stand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from tertulia.discover.brief import Brief
from tertulia.discover.constraints.accessibility import accessibility
from tertulia.discover.constraints.anchors import ANCHORS
from tertulia.discover.dossier.records import Records
from tertulia.discover.outcome import FILE, Candidate, Outcome
from tertulia.errors import DataError


@dataclass(frozen=True, kw_only=True)
class CampaignView:
    """What pages are made from; nothing in it depends on the reader's language."""

    outcome: Outcome
    brief: Brief
    records: Records

    @cached_property
    def finalists(self) -> tuple[Candidate, ...]:
        """Best first."""
        by_anion = {one.anion: one for one in self.outcome.candidates}
        return tuple(by_anion[anion] for anion in self.outcome.finalists)

    @cached_property
    def anchors(self) -> dict[str, Candidate]:
        """By name, in the order in which they are always shown."""
        found = self.outcome.anchors
        order = [*ANCHORS, *sorted(set(found) - set(ANCHORS))]
        return {name: found[name] for name in order if name in found}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Of all candidates, by anion: their place in the order of proposal, from 1."""
        return {one.anion: place for place, one in enumerate(self.outcome.candidates, start=1)}

    @cached_property
    def by_acid(self) -> dict[str, Candidate]:
        """Candidates and anchors by the SMILES of their acid, by which parents are named."""
        known = {one.smiles: one for one in self.anchors.values()}
        return known | {one.smiles: one for one in self.outcome.candidates}

    def place(self, candidate: Candidate) -> int | None:
        """From 1 among the finalists, None for one that is none."""
        anions = self.outcome.finalists
        return anions.index(candidate.anion) + 1 if candidate.anion in anions else None

    def href(self, candidate: Candidate) -> str | None:
        """Where, from a page of a language, a candidate is shown."""
        if (place := self.place(candidate)) is not None:
            return page_name(place)
        for name, anchor in self.anchors.items():
            if anchor.anion == candidate.anion:
                return f"index.html#{anchor_place(name)}"
        number = self.numbers.get(candidate.anion)
        return f"index.html#{row_place(number)}" if number else None

    def anchor_of(self, candidate: Candidate) -> str | None:
        """Its name, if it is an anchor."""
        named = (name for name, one in self.anchors.items() if one.anion == candidate.anion)
        return next(named, None)


def view_of(outcome: Outcome, records: Records, folder: Path) -> CampaignView:
    """The campaign of an outcome; raises DataError `discover.no-campaign` for a broken brief."""
    try:
        # As JSON, in which lists are what a brief calls tuples.
        brief = Brief.model_validate_json(json.dumps(outcome.brief))
    except ValidationError as error:
        raise DataError(
            "discover.no-campaign",
            "no outcome of a campaign can be read: its brief is not ours",
            where=str(folder / FILE),
            remedy="Name the folder of a campaign that has run; running it again writes it anew",
        ) from error
    return CampaignView(outcome=outcome, brief=brief, records=records)


def page_name(place: int) -> str:
    """The file of a finalist's page, by its place from 1."""
    return f"candidate-{place:02}.html"


def row_place(number: int) -> str:
    """The name of a candidate's row on the campaign's page."""
    return f"c{number}"


def anchor_place(name: str) -> str:
    """The name of an anchor's row on the campaign's page."""
    return f"anchor-{name}"


def score_of(candidate: Candidate) -> float | None:
    """Synthetic accessibility of the acid, 1 easy to 10 hard; None where RDKit cannot read it."""
    try:
        return accessibility(candidate.smiles)
    except DataError:
        return None
