"""Time and energy of a stage over all attempts at it, so that a resumed run is not sold as cheap.

`.attempts.json` lies beside the payload of an unfinished artifact. An attempt is written down as
it begins and completed as it stops; one that was killed stays without figures and is counted.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tertulia.store.atomic import write_text
from tertulia.store.digest import ATTEMPTS_NAME

Basis = Literal["measured", "estimated", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one attempt took."""

    wall_seconds: float
    cpu_seconds: float
    joules: float | None
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Total:
    """What all attempts took together; `joules` is None where one of them is unknown."""

    begun: int
    unmeasured: int
    wall_seconds: float
    cpu_seconds: float
    joules: float | None
    basis: Basis


_NOTHING = Total(
    begun=0, unmeasured=0, wall_seconds=0.0, cpu_seconds=0.0, joules=None, basis="unknown"
)


@dataclass(kw_only=True)
class Attempt:
    """One attempt at a stage; `ended` and the figures are set when it stops."""

    started: str = field(default_factory=lambda: _now())
    """UTC, as ISO 8601."""
    ended: str = ""
    wall_seconds: float = 0.0
    total: Total = _NOTHING

    def end(self, folder: Path, cost: Cost) -> None:
        """Takes the figures of this attempt at the artifact in `folder`. Raises OSError."""
        self.ended = _now()
        self.wall_seconds = cost.wall_seconds
        self.total = end_attempt(folder, cost)


def begin_attempt(folder: Path) -> None:
    """Notes that an attempt at the artifact in `folder` begins."""
    _write(folder, [*_read(folder), None])


def end_attempt(folder: Path, cost: Cost) -> Total:
    """Notes what the attempt begun last took, and returns the sum of all."""
    costs = _read(folder)
    costs[-1:] = [cost]
    _write(folder, costs)
    known = [entry for entry in costs if entry is not None]
    bases = {entry.basis for entry in known}
    joules = [entry.joules for entry in known if entry.joules is not None]
    # The weakest word holds for the sum.
    words: tuple[Basis, ...] = ("unknown", "estimated", "measured")
    basis = next(word for word in words if word in bases)
    return Total(
        begun=len(costs),
        unmeasured=len(costs) - len(known),
        wall_seconds=sum(entry.wall_seconds for entry in known),
        cpu_seconds=sum(entry.cpu_seconds for entry in known),
        joules=sum(joules) if len(joules) == len(known) else None,
        basis=basis,
    )


def _read(folder: Path) -> list[Cost | None]:
    try:
        rows = json.loads((folder / ATTEMPTS_NAME).read_bytes())["attempts"]
        return [None if row is None else Cost(**row) for row in rows]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Figures of attempts are worth a note, not a refusal to go on.
        return []


def _write(folder: Path, costs: list[Cost | None]) -> None:
    rows = [None if cost is None else asdict(cost) for cost in costs]
    write_text(folder / ATTEMPTS_NAME, json.dumps({"schema": 1, "attempts": rows}) + "\n")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
