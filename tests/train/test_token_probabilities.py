"""Log-probabilities in chunks, and all their gradients, are those of a whole table of logits."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tertulia.train.loss import IGNORED
from tertulia.train.token_probabilities import log_probabilities


def example(rows: int, ignored: float) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(rows)
    hidden = torch.randn(rows, 24, generator=generator, requires_grad=True)
    weight = torch.randn(130, 24, generator=generator, requires_grad=True)
    target = torch.randint(0, 130, (rows,), generator=generator)
    target[torch.rand(rows, generator=generator) < ignored] = IGNORED
    return hidden, weight, target


def whole_table(hidden: Tensor, weight: Tensor, target: Tensor) -> Tensor:
    table = F.log_softmax(hidden @ weight.t(), dim=1)
    found = table.gather(1, target.clamp(min=0).unsqueeze(1)).squeeze(1)
    return torch.where(target != IGNORED, found, 0.0)


@pytest.mark.parametrize("rows", [1, 7, 1024, 1500])
@pytest.mark.parametrize("ignored", [0.0, 0.4, 1.0])
def test_values_and_gradients_are_exact(rows: int, ignored: float) -> None:
    hidden, weight, target = example(rows, ignored)
    ours, expected = (find(hidden, weight, target) for find in (log_probabilities, whole_table))
    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-5)
    # Any function of the tokens: the gradient of each has to be its own.
    scale = torch.linspace(-1.0, 2.0, rows)
    for mine, theirs in zip(
        torch.autograd.grad((ours * scale).tanh().sum(), (hidden, weight)),
        torch.autograd.grad((expected * scale).tanh().sum(), (hidden, weight)),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-4)


def test_a_frozen_output_matrix_costs_no_gradient() -> None:
    hidden, weight, target = example(20, 0.0)
    log_probabilities(hidden, weight.requires_grad_(False), target).sum().backward()
    assert hidden.grad is not None and weight.grad is None


def test_no_table_of_logits_is_kept() -> None:
    hidden, weight, target = example(2048, 0.0)
    sizes: list[int] = []

    def kept(tensor: Tensor) -> Tensor:
        sizes.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(kept, lambda tensor: tensor):
        log_probabilities(hidden, weight, target)
    assert 0 < max(sizes) <= max(hidden.numel(), weight.numel()) < 2048 * 130


def test_huge_logits_do_not_overflow() -> None:
    hidden = torch.full((4, 8), 300.0, requires_grad=True)
    weight = torch.eye(16, 8).mul_(300.0).requires_grad_()
    found = log_probabilities(hidden, weight, torch.tensor([0, 1, 2, 9]))
    found.sum().backward()
    assert torch.isfinite(found).all() and hidden.grad is not None
    assert torch.isfinite(hidden.grad).all()
