"""The plain rival computes what tertulia's model computes, so that only speed and rates differ."""

from __future__ import annotations

import pytest
import torch

from benchmarks.plain_model import PlainModel
from benchmarks.plain_training import as_transformer, plain_optimizers
from tertulia.model.config import ModelConfig


def _plain(*, tied: bool, kv_heads: int) -> PlainModel:
    torch.manual_seed(0)
    return PlainModel(
        ModelConfig(
            vocabulary=96,
            width=64,
            depth=2,
            heads=4,
            kv_heads=kv_heads,
            head_width=16,
            hidden=80,
            context=24,
            tied=tied,
        )
    )


@pytest.mark.parametrize("tied, kv_heads", [(True, 4), (False, 2)])
def test_its_logits_are_those_of_tertulias_model(tied: bool, kv_heads: int) -> None:
    model = _plain(tied=tied, kv_heads=kv_heads)
    ids = torch.randint(0, 96, (2, 24), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(model(ids), as_transformer(model)(ids), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("muon", [True, False])
def test_every_parameter_has_one_optimiser(muon: bool) -> None:
    model = _plain(tied=True, kv_heads=4)
    taken = [
        id(parameter)
        for optimizer in plain_optimizers(model, muon=muon)
        for group in optimizer.param_groups
        for parameter in group["params"]
    ]
    assert sorted(taken) == sorted(id(parameter) for parameter in model.parameters())
