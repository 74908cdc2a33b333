"""Sequences of unlike lengths that go on together say what each says alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tertulia.model.batch_cache import BatchCache
from tertulia.model.cache import KeyValueCache
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer


@pytest.fixture(scope="module")
def model() -> Transformer:
    torch.manual_seed(5)
    config = ModelConfig(
        vocabulary=50,
        width=32,
        depth=2,
        heads=4,
        kv_heads=2,
        head_width=8,
        hidden=64,
        context=400,
    )
    return Transformer(config).eval()


def read(model: Transformer, ids: list[int]) -> tuple[Tensor, Tensor]:
    cache = KeyValueCache(model.config, 1, len(ids))
    model(torch.tensor([ids]), cache=cache)
    return cache.keys[:, 0], cache.values[:, 0]


def step(model: Transformer, cache: BatchCache, tokens: list[int]) -> Tensor:
    return model(torch.tensor([[token] for token in tokens]), cache=cache)[:, -1]


def alone(model: Transformer, ids: list[int]) -> Tensor:
    return model(torch.tensor([ids]))[0, -1]


def sequence(length: int, seed: int) -> list[int]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(50, (length,), generator=generator).tolist()


@torch.inference_mode()
def test_rows_join_and_leave_and_each_is_as_alone(model: Transformer) -> None:
    cache = BatchCache(model.config)
    rows = [sequence(length, seed) for seed, length in enumerate((3, 150, 40))]
    for ids in rows:
        cache.join(*read(model, ids))

    def all_step(token: int) -> None:
        for ids in rows:
            ids.append(token)
        logits_BV = step(model, cache, [token] * len(rows))
        for ids, logits_V in zip(rows, logits_BV, strict=True):
            assert torch.allclose(logits_V, alone(model, ids), atol=1e-5)
        assert cache.lengths == [len(ids) for ids in rows]

    all_step(7)
    # The last row takes the place of the first.
    cache.leave(0)
    rows = [rows[2], rows[1]]
    all_step(8)
    rows.append(sequence(10, 9))
    cache.join(*read(model, rows[2]))
    all_step(9)
    cache.leave(1)
    cache.leave(1)
    rows = rows[:1]
    for token in range(4):
        all_step(token)


@torch.inference_mode()
def test_rows_of_one_length_need_no_mask(model: Transformer) -> None:
    cache = BatchCache(model.config)
    rows = [sequence(20, 1), sequence(20, 2)]
    for ids in rows:
        cache.join(*read(model, ids))
    logits_BV = step(model, cache, [3, 4])
    assert cache.mask(1) is None
    assert torch.allclose(logits_BV[0], alone(model, [*rows[0], 3]), atol=1e-5)
    assert torch.allclose(logits_BV[1], alone(model, [*rows[1], 4]), atol=1e-5)


@torch.inference_mode()
def test_a_copy_holds_what_was_read_and_is_free_of_the_batch(model: Transformer) -> None:
    ids = sequence(12, 3)
    cache = BatchCache(model.config)
    cache.join(*read(model, ids))
    step(model, cache, [5])
    keys, values = cache.copy(0)
    cache.leave(0)
    expected_keys, expected_values = read(model, [*ids, 5])
    assert torch.allclose(keys, expected_keys, atol=1e-5)
    assert torch.allclose(values, expected_values, atol=1e-5)


@torch.inference_mode()
def test_without_rows_no_memory_is_held(model: Transformer) -> None:
    cache = BatchCache(model.config)
    cache.join(*read(model, sequence(300, 1)))
    assert cache._keys.numel() > 0
    cache.leave(0)
    assert cache._keys.numel() == 0
