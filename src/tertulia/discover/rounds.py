"""The rounds of a campaign on disk: what was proposed and chosen, so that it is worked out once.

A round is a pure function of the brief and of the results known when it began. Its file is named
by that; a campaign that goes on after it was killed reads the rounds that are there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tertulia.campaign.calculation import Calculation, Result
from tertulia.discover.outcome import Interval
from tertulia.discover.pool import Addition
from tertulia.errors import StoreError
from tertulia.store.atomic import disk_errors, write_text
from tertulia.store.digest import canonical_json


class Round(BaseModel):
    """One round of the loop."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    addition: Addition
    let_go: tuple[str, ...] = ()
    """Anions that no longer wait, being thought least of."""
    chosen: tuple[str, ...]
    """Anions, in the order of their choice."""
    predicted: dict[str, dict[str, Interval]] = {}
    """Of the chosen, by property."""
    elite: tuple[str, ...] = ()
    """Acids on which the language model is tuned from this round on; empty: as before."""


class RoundStore:
    """The rounds in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def get(self, number: int, key: str) -> Round | None:
        """The round of a number, if it is there and began from the same; else None.

        Raises StoreError `campaign.record-damaged`.
        """
        path = self._path(number, key)
        if not path.exists():
            return None
        try:
            found = Round.model_validate_json(path.read_text(encoding="utf-8"))
            if found.key != key:
                raise ValueError("it is another round's")
        except (OSError, ValueError, ValidationError) as error:
            raise self.damaged(number, key) from error
        return found

    def damaged(self, number: int, key: str) -> StoreError:
        """What to raise where a round cannot be what was kept."""
        return StoreError(
            "campaign.record-damaged",
            "the record of a round is damaged",
            where=str(self._path(number, key)),
            remedy="Delete the file; the same command works it out again",
        )

    def put(self, number: int, found: Round) -> None:
        """Keeps a round."""
        text = json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1)
        with disk_errors(self._folder):
            write_text(self._path(number, found.key), text + "\n")

    def _path(self, number: int, key: str) -> Path:
        return self._folder / f"{number:04d}-{key[:16]}.json"


def round_key(
    campaign: str,
    number: int,
    known: Sequence[Result],
    pending: Sequence[Calculation],
    count: int,
) -> str:
    """SHA-256, as 64 hex digits, of all that decides a round."""
    decisive = {
        "campaign": campaign,
        "round": number,
        "known": [result.digest for result in known],
        "pending": [calculation.key for calculation in pending],
        "count": count,
    }
    return hashlib.sha256(canonical_json(decisive)).hexdigest()
