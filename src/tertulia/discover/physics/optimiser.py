"""A quasi-Newton minimiser in Cartesian coordinates, started from a model Hessian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.geometry import FloatArray, Geometry, IntArray
from tertulia.discover.physics.optimiser_hessian import model_hessian
from tertulia.discover.physics.xtb import BOHR, NOT_CONVERGED, Surface

ENERGY_CHANGE = 5e-6
"""hartree between two steps; with the gradient, the `normal` level of the xtb program."""
GRADIENT_NORM = 1e-3
"""hartree/bohr."""
_STEPS = 300
_LONGEST, _LONGEST_EVER, _SHORTEST = 0.4, 0.8, 0.01
"""Norm of a step in bohr: at first, at most, at least."""
_RIGID = 1e3
"""Stiffness in hartree/bohr² that keeps a step from moving or turning the whole molecule."""
_SOFTEST = 0.005
"""hartree/bohr²: no direction is believed to be softer at the start."""


@dataclass(frozen=True, kw_only=True)
class Optimised:
    """A minimum: energy in hartree, gradient norm in hartree/bohr, and how many steps it took."""

    geometry: Geometry
    energy: float
    gradient_norm: float
    steps: int


def minimise(
    surface: Callable[[FloatArray], Surface], start: Geometry, *, steps: int = _STEPS
) -> Optimised:
    """The minimum of `surface` (positions (n, 3) in bohr) that lies downhill of `start`.

    Rational function steps (Banerjee and others, J. Phys. Chem. 1985, 89, 52) within a trust
    radius, BFGS updates. Raises CalculationFailed `not-converged` after `steps` steps.
    """
    positions = start.positions / BOHR
    hessian = _start(start.numbers, positions)
    here, trust = surface(positions), _LONGEST
    for step in range(1, steps + 1):
        move, expected = _step(positions, here.gradient, hessian, trust)
        there = surface(positions + move)
        change = there.energy - here.energy
        hessian = _updated(hessian, move, there.gradient - here.gradient)
        length = float(np.linalg.norm(move))
        trust = _trust(trust, length, change, expected)
        if change > ENERGY_CHANGE and length > _SHORTEST:
            # Uphill: the Hessian has learnt from it, and the next step from here is shorter.
            continue
        positions, here = positions + move, there
        norm = float(np.linalg.norm(here.gradient))
        if abs(change) < ENERGY_CHANGE and norm < GRADIENT_NORM:
            return Optimised(
                geometry=Geometry(
                    numbers=start.numbers, positions=positions * BOHR, charge=start.charge
                ),
                energy=here.energy,
                gradient_norm=norm,
                steps=step,
            )
    raise CalculationFailed(NOT_CONVERGED, f"no minimum after {steps} steps")


def _start(numbers: IntArray, positions: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(model_hessian(numbers, positions))
    return np.asarray((vectors * np.maximum(values, _SOFTEST)) @ vectors.T)


def _step(
    positions: FloatArray, gradient: FloatArray, hessian: FloatArray, trust: float
) -> tuple[FloatArray, float]:
    """The step (n, 3) in bohr and the energy change in hartree that the Hessian expects of it."""
    rigid = _rigid_motions(positions)
    inner = np.eye(positions.size) - rigid @ rigid.T
    stiff = inner @ hessian @ inner + _RIGID * rigid @ rigid.T
    values, vectors = np.linalg.eigh(stiff)
    along = vectors.T @ (inner @ gradient.ravel())
    move = -along / (values - _shift(values, along))
    length = np.linalg.norm(move)
    if length > trust:
        move *= trust / length
    expected = float(along @ move + 0.5 * values @ move**2)
    return (vectors @ move).reshape(-1, 3), expected


def _shift(values: FloatArray, along: FloatArray) -> float:
    """The lowest eigenvalue of the augmented Hessian: below zero and all of `values`."""
    count = len(values)
    augmented = np.zeros((count + 1, count + 1))
    augmented[np.arange(count), np.arange(count)] = values
    augmented[count, :count] = augmented[:count, count] = along
    return float(np.linalg.eigvalsh(augmented)[0])


def _rigid_motions(positions: FloatArray) -> FloatArray:
    """Orthonormal columns (3 n, 5 or 6): shifts and turns of the whole molecule."""
    centred = positions - positions.mean(axis=0)
    motions = [np.tile(axis, (len(positions), 1)) for axis in np.eye(3)]
    motions += [np.cross(axis, centred) for axis in np.eye(3)]
    columns, sizes, _ = np.linalg.svd(
        np.array([motion.ravel() for motion in motions]).T, full_matrices=False
    )
    return np.asarray(columns[:, sizes > 1e-6 * sizes[0]])


def _updated(hessian: FloatArray, move: FloatArray, change: FloatArray) -> FloatArray:
    """BFGS; left out where the curvature along the step is not positive, which would spoil it."""
    s, y = move.ravel(), change.ravel()
    curvature = float(s @ y)
    if curvature <= 1e-3 * float(s @ hessian @ s):
        return hessian
    hs = hessian @ s
    return np.asarray(hessian + np.outer(y, y) / curvature - np.outer(hs, hs) / float(s @ hs))


def _trust(trust: float, length: float, change: float, expected: float) -> float:
    """The next step's greatest length: by how well the last change of energy was foreseen."""
    ratio = change / expected if expected < 0.0 else 1.0
    if ratio < 0.25:
        return max(0.5 * min(length, trust), _SHORTEST)
    if ratio > 0.5 and length > 0.9 * trust:
        return min(1.5 * trust, _LONGEST_EVER)
    return trust
