"""Codes of signs: the nearest are those that differ in the fewest, and what is hidden is not."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.serve.database.postings import BLOCK_CHUNKS
from tertulia.serve.database.sign_codes import CodeBlock, code_block, nearest_chunks, sign_codes

WIDTHS = (7, 64, 100, 256)


def stored(vectors: np.ndarray, block: int) -> CodeBlock:
    """A block of chunks 0, 2, 4… as it is read from the table."""
    places = (np.arange(len(vectors)) * 2).astype("<u2")
    return code_block(1, block, places.tobytes(), sign_codes(vectors).astype("<u8").tobytes())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 10, 200])
def test_the_nearest_are_those_that_differ_least(width: int, count: int) -> None:
    generator = np.random.default_rng(width)
    vectors = generator.standard_normal((200, width)).astype(np.float32)
    asked = generator.standard_normal((1, width)).astype(np.float32)
    blocks = [stored(vectors[:120], 3), stored(vectors[120:], 5)]
    chunks = np.concatenate([block.chunks for block in blocks])
    differing = ((vectors > 0) != (asked > 0)).sum(axis=1)
    expected = chunks[np.lexsort((chunks, differing))][:count]
    assert nearest_chunks(blocks, sign_codes(asked)[0], [], count) == expected.tolist()


def test_what_is_hidden_is_passed_over() -> None:
    vectors = np.random.default_rng(0).standard_normal((50, 64)).astype(np.float32)
    block = stored(vectors, 1)
    hidden = [(0, 10), (BLOCK_CHUNKS + 10, 21), (BLOCK_CHUNKS + 60, 900), (10**9, 5)]
    found = nearest_chunks([block], sign_codes(vectors[:1])[0], hidden, 100)
    places = sorted(chunk - BLOCK_CHUNKS for chunk in found)
    assert places == [place for place in range(0, 100, 2) if place < 10 or 30 < place < 60]


def test_nothing_is_near_where_nothing_is() -> None:
    assert nearest_chunks([], sign_codes(np.ones((1, 64), dtype=np.float32))[0], [(0, 9)], 5) == []
