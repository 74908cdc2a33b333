"""Pareto front, reference point and hypervolume; of every objective more is better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.botorch_library import load_botorch

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

MARGIN = 0.1
"""How far the reference point lies below the front, as a share of the front's range."""


def pareto_front(values: FloatArray) -> IntArray:
    """Rows of `values` (n, objectives) that no other row surpasses, ascending.

    A row is surpassed by one that is nowhere worse and somewhere better; equal rows both stay.
    """
    values = np.asarray(values, dtype=np.float64)
    kept = np.ones(len(values), dtype=bool)
    for row, value in enumerate(values):
        if kept[row]:
            beaten = (values <= value).all(axis=1) & (values < value).any(axis=1)
            kept &= ~beaten
    return np.flatnonzero(kept)


def reference_point(values: FloatArray, margin: float = MARGIN) -> FloatArray:
    """(objectives,) the point from which hypervolume is counted, by a rule of the values alone.

    In each objective the worst of the front less `margin` of the front's range; where the front
    has no range, of the range of all values. BoTorch infers it likewise. Raises ValueError without
    values.
    """
    values = np.asarray(values, dtype=np.float64)
    if not len(values):
        raise ValueError("no values, no reference point")
    front = values[pareto_front(values)]
    extent = np.ptp(front, axis=0)
    extent = np.where(extent > 0, extent, np.ptp(values, axis=0))
    return np.asarray(front.min(axis=0) - margin * extent)


def hypervolume(values: FloatArray, reference: FloatArray) -> float:
    """Volume that the rows of `values` (n, objectives) dominate above `reference`, exactly.

    By slices along the last objective (While et al., IEEE Trans. Evol. Comput. 10, 29, 2006): for
    fronts of some hundred rows with two objectives, some dozens with three or more.
    """
    values = np.asarray(values, dtype=np.float64)
    reference = np.asarray(reference, dtype=np.float64)
    above = values[(values > reference).all(axis=1)]
    return _slices(above - reference)


def _slices(heights: FloatArray) -> float:
    """Volume of boxes from the origin to each row."""
    if not len(heights):
        return 0.0
    if heights.shape[1] == 1:
        return float(heights.max())
    front = heights[pareto_front(heights)]
    front = front[np.argsort(-front[:, -1], kind="stable")]
    floors = np.append(front[1:, -1], 0.0)
    volume = 0.0
    for row, floor in enumerate(floors):
        depth = front[row, -1] - floor
        if depth > 0:
            volume += depth * _slices(front[: row + 1, :-1])
    return volume


def hypervolume_gains(points: FloatArray, values: FloatArray, reference: FloatArray) -> FloatArray:
    """(n,) by how much each point (n, objectives) alone would enlarge the hypervolume of `values`.

    Exact, through BoTorch's partition of what is not dominated into boxes. One objective: how far
    a point surpasses the best, or the reference.
    """
    points = np.asarray(points, dtype=np.float64)
    if points.shape[1] == 1:
        best = max([float(reference[0]), *values[:, 0].tolist()])
        return np.asarray(np.maximum(points[:, 0] - best, 0.0))
    load_botorch()
    import torch
    from botorch.utils.multi_objective.box_decompositions.non_dominated import (
        FastNondominatedPartitioning,
    )

    boxes = FastNondominatedPartitioning(
        ref_point=torch.tensor(reference, dtype=torch.double),
        Y=torch.tensor(values, dtype=torch.double),
    ).get_hypercell_bounds()
    lower, upper = boxes[0].numpy(), boxes[1].numpy()
    gains = np.zeros(len(points))
    for low, high in zip(lower, upper, strict=True):
        gains += np.maximum(np.minimum(points, high) - low, 0.0).prod(axis=1)
    return gains
