"""What a generator proposes, and what every generator can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A neutral acid that a generator made, from what, and in which step."""

    smiles: str
    """As `acid_of` reads it; canonical where the generator has read it itself."""
    generator: str
    parents: tuple[str, ...] = ()
    how: str = ""


class Generator(Protocol):
    """Makes acids; the same parents, count and seed give the same proposals."""

    name: str
    dropped: Counter[str]
    """What it made and did not propose, by reason, since it was built."""

    def propose(self, parents: Sequence[str], count: int, *, seed: int) -> list[Proposal]:
        """At most `count` acids, no two with the same anion; `parents` are acids, best first.

        It may give back fewer where it finds no more within a bounded number of trials.
        """
        ...
