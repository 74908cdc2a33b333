"""A model Hessian: how stiff a molecule roughly is in each direction, from its geometry alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.physics.geometry import FloatArray, IntArray

_STRETCH, _BEND, _TORSION = 0.45, 0.15, 0.005
"""Force constants in hartree/bohr² and hartree/radian²."""
_DECAY = np.array([[1.0, 0.3949, 0.3949], [0.3949, 0.28, 0.28], [0.3949, 0.28, 0.28]])
"""Lindh's α in 1/bohr², by the rows of the periodic table that two atoms stand in."""
_REFERENCE = np.array([[1.35, 2.10, 2.53], [2.10, 2.87, 3.40], [2.53, 3.40, 3.40]])
"""Lindh's reference distances in bohr."""
_NEAR = 1e-2
"""Pairs whose weight is less add stretches but no bends or torsions: they would weigh nothing."""
_STRAIGHT = 0.05
"""Sine of an angle below which its plane is undefined: it then bends in two directions."""

BoolArray = NDArray[np.bool_]
Terms = tuple[FloatArray, FloatArray]
"""Rows of Wilson's B matrix (m, 3 n) and their force constants (m)."""


def model_hessian(numbers: IntArray, positions: FloatArray) -> FloatArray:
    """Lindh's model Hessian (3 n, 3 n) in hartree/bohr² at `positions` (n, 3) in bohr.

    Source: Lindh, Bernhardsson, Karlström and Malmqvist, Chem. Phys. Lett. 1995, 241, 423.
    """
    weights = _weights(numbers, positions)
    near = weights > _NEAR
    angles = _angles(near)
    hessian = np.zeros((positions.size, positions.size))
    for rows, constants in (
        _stretches(positions, weights),
        _bends(positions, weights, angles),
        _torsions(positions, weights, near, angles),
    ):
        hessian += rows.T @ (constants[:, None] * rows)
    return hessian


def _weights(numbers: IntArray, positions: FloatArray) -> FloatArray:
    """How nearly two atoms are bonded, (n, n): above 1 within the reference distance, else less."""
    row = np.select([numbers <= 2, numbers <= 10], [0, 1], 2)
    squared = ((positions[:, None] - positions[None]) ** 2).sum(axis=2)
    reference = _REFERENCE[row[:, None], row[None]]
    weights = np.exp(_DECAY[row[:, None], row[None]] * (reference**2 - squared))
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights)


def _angles(near: BoolArray) -> IntArray:
    """Triples (m, 3) of atoms of which the second is near the first and the third."""
    first, middle = np.nonzero(near)
    triples = [
        (one, centre, other)
        for one, centre in zip(first, middle, strict=True)
        for other in np.flatnonzero(near[centre])
        if one < other
    ]
    return np.array(triples, dtype=np.int64).reshape(-1, 3)


def _stretches(positions: FloatArray, weights: FloatArray) -> Terms:
    one, other = np.triu_indices(len(positions), k=1)
    along, _ = _unit(positions[one] - positions[other])
    return (
        _rows(len(positions), (one, along), (other, -along)),
        _STRETCH * weights[one, other],
    )


def _bends(positions: FloatArray, weights: FloatArray, angles: IntArray) -> Terms:
    one, centre, other = angles.T
    (u, length), (v, width) = (
        _unit(positions[one] - positions[centre]),
        _unit(positions[other] - positions[centre]),
    )
    cosine = (u * v).sum(axis=1, keepdims=True)
    sine = np.sqrt(np.maximum(1.0 - cosine**2, 0.0))
    straight = sine[:, 0] < _STRAIGHT
    safe = np.where(sine < _STRAIGHT, 1.0, sine)
    in_plane = ((cosine * u - v) / safe, (cosine * v - u) / safe)
    across = _perpendicular(u)
    sideways = np.cross(u, across)
    rows, constants = [], []
    stiffness = _BEND * weights[one, centre] * weights[centre, other]
    for (p, q), chosen in (
        (in_plane, ~straight),
        ((across, across), straight),
        ((sideways, sideways), straight),
    ):
        a, b = p / length, q / width
        full = _rows(len(positions), (one, a), (other, b), (centre, -a - b))
        rows.append(full[chosen])
        constants.append(stiffness[chosen])
    return np.concatenate(rows), np.concatenate(constants)


def _torsions(
    positions: FloatArray, weights: FloatArray, near: BoolArray, angles: IntArray
) -> Terms:
    """All chains of four near atoms whose two angles are not straight."""
    both = np.concatenate([angles, angles[:, ::-1]])
    chains = [
        (i, j, k, last)
        for i, j, k in both
        if j < k
        for last in np.flatnonzero(near[k])
        if last not in (i, j)
    ]
    i, j, k, last = np.array(chains, dtype=np.int64).reshape(-1, 4).T
    (u, one), (w, middle), (v, other) = (
        _unit(positions[i] - positions[j]),
        _unit(positions[k] - positions[j]),
        _unit(positions[last] - positions[k]),
    )
    cos_u, cos_v = (u * w).sum(axis=1, keepdims=True), -(v * w).sum(axis=1, keepdims=True)
    sin_u, sin_v = np.maximum(1.0 - cos_u**2, 0.0), np.maximum(1.0 - cos_v**2, 0.0)
    bent = ((sin_u > _STRAIGHT**2) & (sin_v > _STRAIGHT**2))[:, 0]
    sin_u, sin_v = np.where(sin_u == 0, 1.0, sin_u), np.where(sin_v == 0, 1.0, sin_v)
    a = np.cross(u, w) / (one * sin_u)
    d = -np.cross(v, w) / (other * sin_v)
    # The inner atoms' shares leave the chain without net translation and rotation.
    p, q = (one / middle) * cos_u, (other / middle) * cos_v
    b = -a + a * p - d * q
    rows = _rows(len(positions), (i, a), (last, d), (j, b), (k, -(a + b + d)))
    constants = _TORSION * weights[i, j] * weights[j, k] * weights[k, last]
    return rows[bent], constants[bent]


def _unit(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Directions (m, 3) and lengths (m, 1)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths, np.asarray(lengths)


def _perpendicular(directions: FloatArray) -> FloatArray:
    """A unit vector across each of `directions`, off the axis that it is least along."""
    axis = np.eye(3)[np.argmin(np.abs(directions), axis=1)]
    return _unit(np.cross(directions, axis))[0]


def _rows(count: int, *parts: tuple[IntArray, FloatArray]) -> FloatArray:
    """Rows of B (m, 3 count): derivatives (m, 3) placed at the atoms (m) that they belong to."""
    m = len(parts[0][0])
    rows = np.zeros((m, count, 3))
    for atoms, derivatives in parts:
        np.add.at(rows, (np.arange(m), atoms), derivatives)
    return rows.reshape(m, 3 * count)
