"""The chunked loss and its gradients are those of torch's cross-entropy."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from tertulia.train.loss import IGNORED, cross_entropy


@pytest.mark.parametrize("rows", [1, 7, 1024, 1500])
@pytest.mark.parametrize("ignored", [0.0, 0.4, 1.0])
def test_it_equals_cross_entropy(rows: int, ignored: float) -> None:
    generator = torch.Generator().manual_seed(rows)
    hidden = torch.randn(rows, 24, generator=generator, requires_grad=True)
    weight = torch.randn(130, 24, generator=generator, requires_grad=True)
    target = torch.randint(0, 130, (rows,), generator=generator)
    target[torch.rand(rows, generator=generator) < ignored] = IGNORED
    total, each = cross_entropy(hidden, weight, target)
    torch.testing.assert_close(each.sum(), total.detach(), rtol=1e-5, atol=1e-4)
    assert not each[target == IGNORED].any() and not each.requires_grad
    (total * 0.5).backward()
    ours = (hidden.grad, weight.grad)
    hidden.grad = weight.grad = None
    expected = F.cross_entropy(hidden @ weight.t(), target, ignore_index=IGNORED, reduction="sum")
    (expected * 0.5).backward()
    torch.testing.assert_close(total, expected, rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(ours, (hidden.grad, weight.grad), rtol=1e-4, atol=1e-4)


def test_huge_logits_do_not_overflow() -> None:
    hidden = torch.full((4, 8), 300.0, requires_grad=True)
    weight = torch.eye(16, 8).mul_(300.0).requires_grad_()
    total, _ = cross_entropy(hidden, weight, torch.tensor([0, 1, 2, 9]))
    total.backward()
    assert torch.isfinite(total) and hidden.grad is not None
    assert torch.isfinite(hidden.grad).all()
