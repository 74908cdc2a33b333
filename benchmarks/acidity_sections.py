"""What the calibration's benchmark says: families, differences between them, strong acids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.figures import table
from tertulia.discover.physics.calibration import ACETONITRILE, CALIBRATED_FROM, TOSYLIC
from tertulia.discover.physics.calibration_fit import LeftOut, Measured, Scales, sums_by_family
from tertulia.discover.physics.calibration_model import Estimate, SharedLines, own_line

_PER_FAMILY = 20
"""Acids of a family that take part in pairs: else the large families would make all of them."""


def families(acids: Sequence[Measured], lines: SharedLines) -> list[str]:
    """By family: each acid predicted by what is fitted without it."""
    by_family: dict[str, list[Measured]] = defaultdict(list)
    for acid in acids:
        by_family[acid.family].append(acid)
    rows = []
    for family, own in sorted(by_family.items(), key=lambda item: (-len(item[1]), item[0])):
        found = [_without(acid, own, lines) for acid in own]
        rows.append([family, *_figures(own, found), _standing(len(own))])
    every = [_without(acid, by_family[acid.family], lines) for acid in acids]
    rows.append(["**all**", *_figures(acids, every), ""])
    head = ["family", "n", "r", "RMSE", "90 % interval holds", "half its width", "standing"]
    return [
        "pKa in water, each acid predicted by a line fitted without it (r is of the energies):",
        "",
        *table(head, rows),
        "",
        "Before, with one conformer and no cross-validation (22 textbook acids; 60 at random): all "
        "RMSE 2.8 and 1.68; carboxylic acids r 0.98, RMSE 0.30 (n = 9) and r 0.68, RMSE 1.25; "
        "phenols RMSE 1.8 and 0.82.",
    ]


def _without(acid: Measured, own: Sequence[Measured], lines: SharedLines) -> Estimate:
    """`acid` predicted as the shipped calibration would, had it not been measured."""
    others = [one for one in own if one is not acid]
    families = {name: sums for name, sums in lines.families.items() if name != acid.family}
    if others:
        families |= sums_by_family(others)
    if len(own) >= CALIBRATED_FROM:
        return own_line(families[acid.family], acid.energy, drift=lines.slope)
    return replace(lines, families=families).estimate(acid.family, acid.energy)


def _figures(acids: Sequence[Measured], found: Sequence[Estimate]) -> list[str]:
    values = np.array([acid.value for acid in acids])
    ends = np.array([one.interval() for one in found])
    misses = values - np.array([one.value for one in found])
    energies = np.array([acid.energy for acid in acids])
    r = f"{np.corrcoef(energies, values)[0, 1]:.2f}" if len(acids) > 2 else ""
    holds = ((ends[:, 0] <= values) & (values <= ends[:, 1])).mean()
    half = (ends[:, 1] - ends[:, 0]).mean() / 2
    return [
        str(len(acids)),
        r,
        f"{np.sqrt((misses**2).mean()):.2f}",
        f"{100 * holds:.0f} %",
        f"{half:.1f}",
    ]


def _standing(count: int) -> str:
    return "calibrated" if count >= CALIBRATED_FROM else "ranked"


def differences(scales: Scales, without: Mapping[str, Sequence[LeftOut]]) -> list[str]:
    """By scale: how often intervals of differences between families hold."""
    rows = []
    for scale, acids in scales.items():
        holds, halves, pairs = [], [], 0
        few = _few(acids)
        for model, left in without[scale]:
            for one in left:
                if one not in few:
                    continue
                for other in few:
                    if other.family == one.family:
                        continue
                    low, high = model.difference(
                        (one.family, one.energy), (other.family, other.energy)
                    ).interval()
                    holds.append(low <= one.value - other.value <= high)
                    halves.append((high - low) / 2)
                    pairs += 1
        rows.append(
            [scale, f"{pairs:,}", f"{100 * np.mean(holds):.1f} %", f"{np.mean(halves):.1f}"]
        )
    head = ["scale", "pairs of two families", "90 % interval holds", "half its width"]
    return [
        "Differences in pKa between acids of two families, one of which was left out of the fit "
        f"(at most {_PER_FAMILY} acids of a family):",
        "",
        *table(head, rows),
    ]


def _few(acids: Sequence[Measured]) -> list[Measured]:
    """Of each family so many, spread evenly over its energies."""
    by_family: dict[str, list[Measured]] = defaultdict(list)
    for acid in sorted(acids, key=lambda one: (one.energy, one.name)):
        by_family[acid.family].append(acid)
    return [
        own[int(place)]
        for own in by_family.values()
        for place in np.unique(np.linspace(0, len(own) - 1, min(_PER_FAMILY, len(own))).astype(int))
    ]


def strong(scales: Scales, without: Sequence[LeftOut]) -> list[str]:
    """The strong acids against tosylic acid, each without its family."""
    acids = scales[ACETONITRILE]
    tosylic = next(acid for acid in acids if acid.name == TOSYLIC)
    rows, claims, right = [], 0, 0
    for model, left in without:
        for acid in left:
            found = model.estimate(acid.family, acid.energy)
            low, high = (end - tosylic.value for end in found.interval())
            measured = acid.value - tosylic.value
            claims += high < 0
            right += high < 0 and measured < 0
            rows.append(
                [
                    acid.name,
                    acid.family,
                    f"{acid.energy:.1f}",
                    f"{measured:+.1f}",
                    f"{low:+.1f} to {high:+.1f}",
                    "yes" if low <= measured <= high else "NO",
                ]
            )
    rows.sort(key=lambda row: (row[1], float(row[2])))
    head = ["acid", "family, left out", "dE", "measured", "90 % interval", "holds"]
    return [
        "Strong acids in acetonitrile, pKa less tosylic acid's, each predicted without its family. "
        f"Said to be stronger than tosylic acid: {claims}, rightly {right}. In use the family's "
        "own acids are known and the interval is narrower.",
        "",
        *table(head, rows),
    ]
