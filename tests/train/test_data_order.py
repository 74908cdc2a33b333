"""Every row is a pure function of the seed, full, of one language, and repeats nothing too soon."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.errors import TrainingError
from tertulia.train.data_order import DataOrder, shares
from tertulia.train.epoch_bounds import UNBOUNDED, document_epochs
from tertulia.train.loss import IGNORED
from tests.train.shards import random_shard, shard

CONTEXT = 16


def order(rows: int = 40, seed: int = 5, **weights: float) -> DataOrder:
    weights = weights or {"eu": 0.5, "gl": 0.5}
    shards = [random_shard(name, 60, seed=index) for index, name in enumerate(weights)]
    return DataOrder(shards, weights, context=CONTEXT, rows=rows, seed=seed)


def test_rows_are_the_same_in_any_order_of_asking() -> None:
    one, two = order(), order()
    forwards = [one.batch([row])[0] for row in range(40)]
    backwards = [two.batch([row])[0] for row in reversed(range(40))][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, backwards, strict=True))


def test_another_seed_gives_another_order() -> None:
    assert not np.array_equal(order(seed=1).batch(range(8))[0], order(seed=2).batch(range(8))[0])


def test_no_position_is_padding_and_targets_follow_inputs() -> None:
    made = order()
    ids, targets, documents = made.batch(range(40))
    assert (targets != IGNORED).all()
    same = documents[:, 1:] == documents[:, :-1]
    assert np.array_equal(targets[:, :-1][same], ids[:, 1:][same])


def test_a_row_holds_one_language_and_shares_follow_the_mixture() -> None:
    made = order(rows=100, es=0.7, eu=0.3)
    languages = Counter(made.language_of(row) for row in range(100))
    assert languages == {"es": 70, "eu": 30}
    # Interleaved evenly: any stretch of ten rows has seven of one and three of the other.
    assert Counter(made.language_of(row) for row in range(50, 60)) == {"es": 7, "eu": 3}


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(3, 90), min_size=10, max_size=40),
    seed=st.integers(0, 1000),
)
def test_within_an_epoch_no_target_is_read_twice(lengths: list[int], seed: int) -> None:
    whole = shard("gl", lengths)
    available = int((whole.lengths - 1).sum()) // CONTEXT - len(lengths)
    rows = max(1, available)
    if (whole.lengths - 1).sum() < CONTEXT * 2:
        return
    made = DataOrder([whole], {"gl": 1.0}, context=CONTEXT, rows=rows, seed=seed)
    read: Counter[int] = Counter()
    for row in range(rows):
        for offset, length in made.segments(row):
            read.update(range(offset + 1, offset + 1 + length))
    assert set(read.values()) == {1}


def test_a_segment_stays_within_one_document() -> None:
    made = order()
    for row in range(40):
        which = made.shards[[s.language for s in made.shards].index(made.language_of(row))]
        for offset, length in made.segments(row):
            document = int(np.searchsorted(which.offsets, offset, side="right")) - 1
            assert offset + length < which.offsets[document] + which.lengths[document]


def test_a_second_epoch_begins_when_the_first_is_read() -> None:
    small = shard("eu", [17] * 6)
    made = DataOrder([small], {"eu": 1.0}, context=CONTEXT, rows=15, seed=0)
    starts = [made.segments(row)[0][0] for row in range(15)]
    assert sorted(starts[:6]) == sorted(starts[6:12]) == [17 * n for n in range(6)]
    assert starts[:6] != starts[6:12]


def test_what_was_seen_is_what_rows_read() -> None:
    made = order(rows=60)
    for index, one in enumerate(made.shards):
        read: set[int] = set()
        for row in range(60):
            if made.language_of(row) == one.language:
                for offset, length in made.segments(row):
                    read.update(range(offset, offset + length + 1))
        offsets, lengths = made.seen(index)
        runs = [set(range(o, o + n)) for o, n in zip(offsets, lengths, strict=True)]
        assert set().union(*runs) == read


def test_a_text_below_one_sequence_is_refused() -> None:
    with pytest.raises(TrainingError, match="does not fill one sequence of 16 tokens"):
        DataOrder([shard("eu", [4, 5])], {"eu": 1.0}, context=CONTEXT, rows=2, seed=0)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=6), st.integers(0, 10_000))
def test_shares_add_up(weights: list[float], total: int) -> None:
    normal = [w / sum(weights) for w in weights]
    parts = shares(normal, total)
    assert sum(parts) == total
    assert all(abs(p - w * total) <= 1 for p, w in zip(parts, normal, strict=True))


def test_without_bounds_rows_are_those_they_always_were() -> None:
    made = order(rows=900, es=0.5, eu=0.3, gl=0.2)
    digest = hashlib.sha256()
    for first in range(0, 900, 30):
        for array in made.batch(range(first, first + 30)):
            digest.update(array.astype("<i8").tobytes())
    # Of the order before there were bounds; three epochs and more of each language.
    assert digest.hexdigest() == (
        "36e333623530188ddf69043c97677f76b148374ca6d707b970e89e09166e3473"
    )


def test_bounds_that_are_not_reached_change_nothing() -> None:
    shards = [random_shard(name, 60, seed=index) for index, name in enumerate(("eu", "gl"))]
    bounded = [replace(s, epochs=np.full(len(s.lengths), 9)) for s in shards]
    free, tied = (
        DataOrder(s, {"eu": 0.5, "gl": 0.5}, context=CONTEXT, rows=300, seed=5)
        for s in (shards, bounded)
    )
    for one, two in zip(free.batch(range(300)), tied.batch(range(300)), strict=True):
        assert np.array_equal(one, two)


def _times_read(made: DataOrder, rows: int) -> Counter[int]:
    """How often each position is a target."""
    read: Counter[int] = Counter()
    for row in range(rows):
        for offset, length in made.segments(row):
            read.update(range(offset + 1, offset + 1 + length))
    return read


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(3, 90), min_size=4, max_size=20),
    bounds=st.lists(st.sampled_from([0.5, 1.0, 1.7, 3.0, None]), min_size=20, max_size=20),
    rows=st.integers(1, 60),
    seed=st.integers(0, 99),
)
def test_no_document_is_read_more_often_than_its_bound(
    lengths: list[int], bounds: list[float | None], rows: int, seed: int
) -> None:
    whole = shard("gl", lengths)
    names = [f"s{n}" for n in range(len(lengths))]
    caps = {n: b for n, b in zip(names, bounds, strict=False) if b is not None}
    tied = replace(whole, epochs=document_epochs([f"{n}/x" for n in names], names, caps))
    try:
        made = DataOrder([tied], {"gl": 1.0}, context=CONTEXT, rows=rows, seed=seed)
    except TrainingError as error:
        assert error.code in ("train.epochs-used-up", "train.too-little-text")
        return
    for position, times in _times_read(made, rows).items():
        document = int(np.searchsorted(whole.offsets, position, side="right")) - 1
        assert times <= ceil(caps.get(names[document], rows))


def test_an_exhausted_source_rests_while_the_others_go_on() -> None:
    whole = shard("eu", [17] * 6)
    tied = replace(whole, epochs=np.array([1, 1, 2, UNBOUNDED, UNBOUNDED, UNBOUNDED]))
    made = DataOrder([tied], {"eu": 1.0}, context=CONTEXT, rows=6 + 4 + 3 + 3, seed=0)
    times = _times_read(made, 16)
    assert [times[17 * n + 1] for n in range(6)] == [1, 1, 2, 4, 4, 4]


def test_bounds_that_allow_too_little_say_how_much_and_what_to_do() -> None:
    tied = replace(shard("eu", [17] * 6), epochs=np.full(6, 2))
    DataOrder([tied], {"eu": 1.0}, context=CONTEXT, rows=12, seed=0)
    with pytest.raises(TrainingError) as caught:
        DataOrder([tied], {"eu": 1.0}, context=CONTEXT, rows=24, seed=0)
    assert caught.value.code == "train.epochs-used-up"
    assert "allows 192 tokens of eu, and training asks for 384" in str(caught.value)
    assert "lower pretrain.tokens to at most 50 %" in str(caught.value)


def test_a_part_of_an_epoch_is_a_part_of_the_documents_and_always_the_same() -> None:
    names = [f"s/{n}" for n in range(4000)]
    epochs = document_epochs(names, ["s"] * 4000, {"s": 1.25})
    assert epochs is not None
    assert set(epochs.tolist()) == {1, 2}
    assert abs((epochs == 2).mean() - 0.25) < 0.03
    # A higher bound never takes a document back, and the order of documents does not matter.
    more = document_epochs(names[::-1], ["s"] * 4000, {"s": 1.5})
    assert more is not None and (more[::-1] >= epochs).all()


def test_sources_without_a_bound_have_none() -> None:
    assert document_epochs(["a/1"], ["a"], {"b": 1.0}) is None
    found = document_epochs(["a/1", "b/1"], ["a", "b"], {"b": 1.0})
    assert found is not None and found.tolist() == [UNBOUNDED, 1]
