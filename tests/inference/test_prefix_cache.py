"""What is kept of earlier prompts: the longest beginning is found, and memory is bounded."""

from __future__ import annotations

import torch
from torch import Tensor

from tertulia.inference.prefix_cache import PrefixCache

A_TOKEN = 2 * 2 * 3 * 4 * 4
"""Bytes: keys and values, two layers, three heads, four wide, in float32."""


def numbers(ids: list[int]) -> tuple[Tensor, Tensor]:
    keys = torch.tensor(ids, dtype=torch.float32).view(1, 1, -1, 1).expand(2, 3, -1, 4)
    return keys.contiguous(), -keys.contiguous()


def kept(*sequences: list[int], tokens: int = 100) -> PrefixCache:
    cache = PrefixCache(tokens * A_TOKEN)
    for ids in sequences:
        cache.keep(ids, *numbers(ids))
    return cache


def found(cache: PrefixCache, ids: list[int]) -> list[float]:
    both = cache.find(ids)
    if both is None:
        return []
    assert torch.equal(both[0], -both[1])
    values: list[float] = both[0][0, 0, :, 0].tolist()
    return values


def test_the_longest_common_beginning_is_found() -> None:
    cache = kept([1, 2, 3, 4], [1, 2, 9], [5, 6])
    assert found(cache, [1, 2, 3, 8, 8]) == [1, 2, 3]
    assert found(cache, [1, 2, 9, 9]) == [1, 2, 9]
    assert found(cache, [7]) == []
    assert found(cache, []) == []


def test_what_begins_another_takes_no_room() -> None:
    cache = kept([1, 2], [1, 2, 3], [1, 2])
    assert cache.size == 3 * A_TOKEN
    assert found(cache, [1, 2, 3]) == [1, 2, 3]


def test_the_one_not_used_for_longest_goes_first() -> None:
    cache = kept([1, 1, 1], [2, 2, 2], tokens=7)
    assert found(cache, [1, 1]) == [1, 1]
    cache.keep([3, 3], *numbers([3, 3]))
    assert found(cache, [2]) == []
    assert found(cache, [1]) == [1]
    assert cache.size == 5 * A_TOKEN


def test_what_is_larger_than_the_room_is_not_kept() -> None:
    cache = kept([1], [2, 2, 2], tokens=2)
    assert found(cache, [2, 2, 2]) == []
    assert found(cache, [1]) == [1]
