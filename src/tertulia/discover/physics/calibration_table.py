"""The shipped calibration: a small table of sums by family, spreads and anchors, read and written.

`calibration.SOURCE.md` beside it says whose measurements it rests on and how it is made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

from tertulia.discover.physics.calibration_model import SharedLines, Sums

_DIGITS = 8
"""Significant digits of what is written; more would differ between processors."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A strong acid: deprotonation energy in kcal/mol and measured pKa in acetonitrile.

    `family` is the group of its acidic site, `source` a key of the table of sources.
    """

    name: str
    anion: str
    family: str
    deprotonation: float
    pka: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Shared lines by scale, the anchors, and what was computed how (`origin`, plain JSON)."""

    scales: Mapping[str, SharedLines]
    anchors: tuple[Anchor, ...]
    origin: Mapping[str, Any]

    def as_json(self) -> str:
        """The file's text: keys sorted, numbers rounded, a newline at the end."""
        table = {
            "origin": dict(self.origin),
            "scales": {name: asdict(lines) for name, lines in self.scales.items()},
            "anchors": [asdict(anchor) for anchor in self.anchors],
        }
        return json.dumps(_rounded(table), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def calibration_of_json(text: str) -> Calibration:
    """What `as_json` wrote."""
    table = json.loads(text)
    return Calibration(
        scales={
            name: SharedLines(
                **{
                    **lines,
                    "families": {
                        family: Sums(**sums) for family, sums in lines["families"].items()
                    },
                }
            )
            for name, lines in table["scales"].items()
        },
        anchors=tuple(Anchor(**anchor) for anchor in table["anchors"]),
        origin=table["origin"],
    )


@cache
def shipped_calibration() -> Calibration:
    """The calibration that the package carries."""
    file = resources.files("tertulia.shipped").joinpath("materials", "calibration.json")
    return calibration_of_json(file.read_text(encoding="utf-8"))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value
