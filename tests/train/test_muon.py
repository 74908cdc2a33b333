"""Muon's update is near orthogonal, of equal size in every direction, and saves its momentum."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tertulia.model.config import config_from_spec
from tertulia.model.transformer import Transformer
from tertulia.recipe.schema import ModelSpec
from tertulia.train.checkpoint import Checkpoint, file_of, write_rows, write_state
from tertulia.train.newton_schulz import orthogonalise
from tertulia.train.optimizer import ModelOptimizer, Rates
from tertulia.train.sharding import parts


@pytest.mark.parametrize("shape", [(3, 32, 32), (2, 16, 64), (2, 64, 16)])
def test_singular_values_come_near_one(shape: tuple[int, int, int]) -> None:
    stack = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalise(stack).float())
    assert values.min() > 0.6 and values.max() < 1.3


def test_a_stack_gives_what_each_matrix_gives_alone() -> None:
    stack = torch.randn(4, 24, 40, generator=torch.Generator().manual_seed(1))
    together = orthogonalise(stack)
    apart = torch.cat([orthogonalise(stack[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(together, apart, atol=0.02, rtol=0)


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_state_restored_is_state_kept(kind: str, tmp_path: Path) -> None:
    def trained() -> tuple[Transformer, ModelOptimizer]:
        torch.manual_seed(0)
        model = Transformer(config_from_spec(ModelSpec(size="1m"), 256))
        rates = Rates(
            optimizer=kind,  # type: ignore[arg-type]
            learning_rate=0.01,
            embedding_learning_rate=0.01,
            weight_decay=0.1,
        )
        return model, ModelOptimizer(parts(model), rates)

    def step(model: Transformer, optimizer: ModelOptimizer, seed: int) -> None:
        ids = torch.randint(0, 256, (2, 9), generator=torch.Generator().manual_seed(seed))
        model(ids).float().logsumexp(-1).mean().backward()
        optimizer.step()

    model, optimizer = trained()
    step(model, optimizer, 1)
    other, fresh = trained()
    other.load_state_dict(model.state_dict())
    write_rows(tmp_path / file_of(0), optimizer.state())
    write_state(tmp_path, {file_of(0): ""}, {})
    fresh.restore(Checkpoint(tmp_path))
    step(model, optimizer, 2)
    step(other, fresh, 2)
    for name, value in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], value), name
