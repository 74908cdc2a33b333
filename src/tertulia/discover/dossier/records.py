"""The records of a campaign's calculations, as the dossier reads them; it computes nothing."""

from __future__ import annotations

import re
from pathlib import Path

from tertulia.campaign.calculation import Result
from tertulia.campaign.result_store import ResultStore, read_record
from tertulia.discover.outcome import Candidate, Outcome, Tier

SHOWN = 12
"""Hex digits of a key that a page shows."""
_KEY = re.compile(r"[0-9a-f]{64}")


class Records:
    """Results by key, from the `results` folder of a campaign."""

    def __init__(self, folder: Path) -> None:
        self._store = ResultStore(folder) if folder.is_dir() else None
        self._read: dict[str, Result | None] = {}

    def close(self) -> None:
        """Closes the store."""
        if self._store is not None:
            self._store.close()

    def get(self, key: str) -> Result | None:
        """The result of a key, None where the folder has none.

        Raises StoreError `campaign.record-damaged`.
        """
        if key not in self._read:
            self._read[key] = self._found(key)
        return self._read[key]

    def of(self, candidate: Candidate) -> list[tuple[Tier, Result]]:
        """The results of a candidate's tiers that were done and are kept."""
        found = [(tier, self.get(tier.record)) for tier in candidate.tiers if tier.done]
        return [(tier, result) for tier, result in found if result is not None]

    def _found(self, key: str) -> Result | None:
        if self._store is None or not _KEY.fullmatch(key):
            return None
        path = self._store.path(key)
        return read_record(path) if path.is_file() else None


def short(key: str) -> str:
    """As much of a key as a page shows."""
    return key[:SHOWN]


def again(outcome: Outcome, key: str) -> str:
    """The command that computes a record again."""
    return f"tertulia discover report {outcome.name} --again {short(key)}"
