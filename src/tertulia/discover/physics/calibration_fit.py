"""Fits shared lines to acids with measured pKa, and asks how they do on a family left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tertulia.discover.physics.calibration_model import SharedLines, Sums, moments
from tertulia.discover.physics.geometry import FloatArray

_LEAST, _MOST = 0.02, 20.0
"""Between which each standard deviation lies, and slopes' spread over the common slope."""
_STARTS = ((0.3, 2.0, 0.8), (0.6, 1.0, 0.5))
"""Slopes' relative spread; offsets' spread and rest, in pKa."""
_STEPS = {"maxiter": 4000, "xatol": 1e-3, "fatol": 1e-5}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """An acid with its deprotonation energy in kcal/mol and its measured pKa."""

    name: str
    family: str
    energy: float
    value: float


Scales = Mapping[str, Sequence[Measured]]
"""Acids by the scale on which they were measured, such as pKa in water and in acetonitrile."""
LeftOut = tuple[SharedLines, list[Measured]]
"""Lines that were fitted without a family, and the family's acids."""


def sums_by_family(acids: Sequence[Measured]) -> dict[str, Sums]:
    """The sums of each family, families in the order of their names."""
    found: dict[str, list[Measured]] = defaultdict(list)
    for acid in acids:
        found[acid.family].append(acid)
    return {
        family: Sums.of([one.energy for one in own], [one.value for one in own])
        for family, own in sorted(found.items())
    }


def fitted(scales: Scales) -> dict[str, SharedLines]:
    """Shared lines of each scale, with the likeliest spreads (restricted likelihood).

    How much slopes differ between families, over the common slope, is an error of the method that
    all scales share; offsets and rests are each scale's own. Source: Patterson and Thompson,
    Biometrika 1971, 58, 545. Not widened; see `widened`.
    """
    from scipy.optimize import minimize

    stacks = {name: _Stack.of(acids) for name, acids in scales.items()}
    found = min(
        (
            minimize(
                lambda logs: _unlikeliness(logs, list(stacks.values())),
                np.log([start[0], *start[1:] * len(stacks)]),
                method="Nelder-Mead",
                bounds=[(np.log(_LEAST), np.log(_MOST))] * (1 + 2 * len(stacks)),
                options=_STEPS,
            )
            for start in _STARTS
        ),
        key=lambda result: float(result.fun),
    )
    spread, *own = _spreads(found.x)
    return {
        name: SharedLines(
            families=stack.sums,
            centre=stack.centre,
            offset=offset,
            slope=spread * stack.common_slope,
            rest=rest,
        )
        for (name, stack), offset, rest in zip(stacks.items(), own[::2], own[1::2], strict=True)
    }


def widened(
    scales: Scales, without: Mapping[str, Sequence[LeftOut]] | None = None
) -> dict[str, SharedLines]:
    """Fitted lines whose error is as large as it proves to be on families left out.

    `without` is `left_out` of each scale, where the caller has it.
    """
    lines = fitted(scales)
    for name in scales:
        found = left_out(scales, name) if without is None else without[name]
        # A family counts once, whatever its size: its acids miss together.
        misses = [np.mean([_miss(model, acid) ** 2 for acid in left]) for model, left in found]
        widening = max(1.0, float(np.sqrt(np.mean(misses))))
        lines[name] = replace(lines[name], widening=widening)
    return lines


def left_out(scales: Scales, name: str) -> list[LeftOut]:
    """For each family of a scale the lines fitted without it, and its acids."""
    acids = scales[name]
    return [
        (
            fitted({**scales, name: [acid for acid in acids if acid.family != family]})[name],
            [acid for acid in acids if acid.family == family],
        )
        for family in sorted({acid.family for acid in acids})
    ]


def _miss(model: SharedLines, acid: Measured) -> float:
    found = model.estimate(acid.family, acid.energy)
    return (acid.value - found.value) / found.error


@dataclass(frozen=True, kw_only=True)
class _Stack:
    """The families of a scale, their moments one upon another."""

    sums: Mapping[str, Sums]
    centre: float
    common_slope: float
    information: FloatArray
    response: FloatArray
    counts: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, acids: Sequence[Measured]) -> _Stack:
        sums = sums_by_family(acids)
        centre = float(np.mean([acid.energy for acid in acids]))
        found = [moments(own, centre) for own in sums.values()]
        return cls(
            sums=sums,
            centre=centre,
            # Within families: between them the offsets would be taken for a slope.
            common_slope=abs(
                sum(own.ev for own in sums.values()) / sum(own.ee for own in sums.values())
            ),
            information=np.array([one for one, _ in found]),
            response=np.array([one for _, one in found]),
            counts=np.array([float(own.count) for own in sums.values()]),
            squares=np.array([own.vv + own.count * own.value**2 for own in sums.values()]),
        )


def _spreads(logs: FloatArray) -> list[float]:
    return [float(one) for one in np.exp(logs)]


def _unlikeliness(logs: FloatArray, stacks: Sequence[_Stack]) -> float:
    """Minus the restricted log-likelihood of all scales, but for a constant."""
    spread, *own = _spreads(logs)
    return sum(
        _of_scale(stack, offset, spread * stack.common_slope, rest)
        for stack, offset, rest in zip(stacks, own[::2], own[1::2], strict=True)
    )


def _of_scale(stack: _Stack, offset: float, slope: float, rest: float) -> float:
    zz, zy = stack.information / rest**2, stack.response / rest**2
    inner = np.diag([offset**-2, slope**-2]) + zz
    zz_solved = np.linalg.solve(inner, zz)
    zy_solved = np.linalg.solve(inner, zy[..., None])[..., 0]
    total = float(stack.counts.sum()) * np.log(rest)
    total += 0.5 * np.linalg.slogdet(inner)[1].sum() + len(zz) * np.log(offset * slope)
    total += 0.5 * ((stack.squares / rest**2).sum() - (zy * zy_solved).sum())
    information = (zz - zz @ zz_solved).sum(axis=0)
    response = (zy - (zz @ zy_solved[..., None])[..., 0]).sum(axis=0)
    total -= 0.5 * response @ np.linalg.solve(information, response)
    return float(total + 0.5 * np.linalg.slogdet(information)[1])
