"""Orthogonal factors are near those of the singular value decomposition, in either precision."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tertulia.train.newton_schulz import orthogonalise

SHAPES = [(32, 32), (16, 64), (64, 16), (48, 64), (96, 256)]


def graded(shape: tuple[int, int], seed: int, weakest: float = -2.0) -> Tensor:
    """A stack of one matrix whose singular values fall evenly in their logarithms to `weakest`.

    That is the shape of a gradient's: few strong directions and many weak ones.
    """
    generator = torch.Generator().manual_seed(seed)
    left, _, right = torch.linalg.svd(torch.randn(shape, generator=generator), full_matrices=False)
    return (left * torch.logspace(0, weakest, min(shape)) @ right).unsqueeze(0)


def exact(stack: Tensor) -> Tensor:
    left, _, right = torch.linalg.svd(stack, full_matrices=False)
    return left @ right


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_factor_is_near_the_exact_one(shape: tuple[int, int], dtype: torch.dtype) -> None:
    stack = graded(shape, seed=0)
    found = orthogonalise(stack, dtype)
    assert found.dtype == dtype
    # Polar Express is content with singular values within a seventh of one.
    error = (found.float() - exact(stack)).norm() / exact(stack).norm()
    assert error < 0.2


@pytest.mark.parametrize("shape", [(16, 64), (64, 16), (96, 256)])
def test_merged_steps_give_what_single_ones_give(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = graded(shape, seed=1)
    merged = orthogonalise(stack, torch.float32)
    monkeypatch.setattr("tertulia.train.newton_schulz._LONG", 1000)
    torch.testing.assert_close(merged, orthogonalise(stack, torch.float32), rtol=0, atol=1e-3)


@pytest.mark.parametrize("weakest", [-0.1, -2.0, -4.0, -6.0])
def test_no_direction_is_blown_up_in_bfloat16(weakest: float) -> None:
    for seed in range(20):
        values = torch.linalg.svdvals(orthogonalise(graded((16, 64), seed, weakest)).float())
        assert values.max() < 1.8


def test_in_float32_a_matrix_alone_gives_what_it_gives_in_a_stack() -> None:
    stack = torch.cat([graded((24, 72), seed) for seed in range(3)])
    together = orthogonalise(stack, torch.float32)
    for index in range(3):
        alone = orthogonalise(stack[index : index + 1], torch.float32)
        torch.testing.assert_close(together[index : index + 1], alone, rtol=0, atol=1e-5)


def test_nothing_stays_nothing() -> None:
    assert not orthogonalise(torch.zeros(1, 8, 24)).any()
