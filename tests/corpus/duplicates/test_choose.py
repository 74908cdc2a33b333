"""Which copy stays: measured before trained on, then licence, quality, order; nothing is lost."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.corpus.document import SPLITS
from tertulia.corpus.duplicates.buckets import NO_RANK
from tertulia.corpus.duplicates.choose import (
    drop_near,
    dropped_documents,
    exact_duplicates,
    order_of_preference,
    repeated_ids,
)

_SCHEMA = {
    "key_hi": pl.UInt64,
    "key_lo": pl.UInt64,
    "id_hash": pl.UInt64,
    "split": pl.UInt8,
    "licence": pl.UInt8,
    "quality": pl.Float32,
}
_ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 1),
        st.integers(0, 5),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from([-1.5, -0.0, 0.0, 0.25, 7.0, float("nan")]),
    ),
    max_size=25,
)
Row = tuple[int, int, int, int, int, float]


def _index(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _row(
    text: int, *, name: int = 0, split: str = "train", licence: int = 0, quality: float = 0.0
) -> Row:
    return (text, 0, name, SPLITS.index(split), licence, quality)


def _dropped(rows: list[Row]) -> list[tuple[int, int, str]]:
    """Document, kept one and reason, after both steps; documents have ids of their own."""
    index = _index([(*row[:2], number, *row[3:]) for number, row in enumerate(rows)])
    choice = order_of_preference(index)
    repeated_ids(index, choice)
    exact_duplicates(index, choice)
    return dropped_documents(index, choice).select("document", "kept", "dropped").rows()


@pytest.mark.parametrize("split", ["held_out", "unseen"])
def test_training_text_that_is_measured_is_dropped_whatever_its_worth(split: str) -> None:
    rows = [_row(1, licence=0, quality=9.0), _row(1, split=split, licence=6, quality=-9.0)]
    assert _dropped(rows) == [(0, 1, "in-held-out")]


def test_held_out_wins_over_unseen() -> None:
    assert _dropped([_row(1, split="unseen"), _row(1, split="held_out")]) == [(0, 1, "duplicate")]


def test_the_freer_licence_wins_over_quality_and_quality_over_order() -> None:
    assert _dropped([_row(1, licence=3, quality=1.0), _row(1, licence=1)]) == [(0, 1, "duplicate")]
    assert _dropped([_row(1, quality=0.1), _row(1, quality=0.2)]) == [(0, 1, "duplicate")]
    assert _dropped([_row(1, quality=float("nan")), _row(1, quality=-1e30)]) == [
        (0, 1, "duplicate")
    ]
    assert _dropped([_row(1, quality=-0.0), _row(1, quality=0.0)]) == [(1, 0, "duplicate")]


def test_texts_are_equal_only_if_both_halves_of_their_hash_are() -> None:
    assert _dropped([(1, 2, 0, 0, 0, 0.0), (1, 3, 1, 0, 0, 0.0)]) == []


def test_of_different_texts_under_one_id_the_best_stays() -> None:
    index = _index([_row(1, name=5), _row(2, name=5, split="held_out"), _row(3, name=6)])
    choice = order_of_preference(index)
    repeated_ids(index, choice)
    found = dropped_documents(index, choice)
    assert found.select("document", "kept", "step", "dropped").rows() == [
        (0, 1, "repeated-ids", "in-held-out")
    ]


def test_no_text_is_lost_between_repeated_ids_and_equal_texts() -> None:
    # 0 and 1 have one text, 1 and 2 one id: dropping 0 for 1 and 1 for 2 would lose the text.
    index = _index(
        [_row(7, name=1, quality=1), _row(7, name=2, quality=2), _row(8, name=2, quality=3)]
    )
    choice = order_of_preference(index)
    repeated_ids(index, choice)
    exact_duplicates(index, choice)
    assert dropped_documents(index, choice)["document"].to_list() == [1]


def test_the_kept_one_is_in_the_corpus_even_after_several_steps() -> None:
    index = _index([_row(1, name=1), _row(1, name=2), _row(2, name=3, split="held_out")])
    choice = order_of_preference(index)
    exact_duplicates(index, choice)
    assert choice.ranks_left().tolist() == [1, NO_RANK, 0]
    clusters = pl.DataFrame(
        {"document": [0], "kept": [2]}, schema={"document": pl.UInt32, "kept": pl.UInt32}
    )
    drop_near(clusters, choice)
    assert dropped_documents(index, choice).rows() == [
        (0, 2, "near-duplicates", "in-held-out"),
        (1, 2, "exact-duplicates", "in-held-out"),
    ]


@settings(deadline=None)
@given(_ROWS)
def test_each_text_and_each_id_stays_once_and_nothing_is_lost(rows: list[Row]) -> None:
    index = _index(rows)
    choice = order_of_preference(index)
    assert sorted(choice.ranks.tolist()) == list(range(len(rows)))
    repeated_ids(index, choice)
    exact_duplicates(index, choice)
    found = dropped_documents(index, choice)
    stay = np.flatnonzero(choice.step == 0)
    assert len(stay) + len(found) == len(rows)
    assert {rows[row][2] for row in stay} | {rows[k][2] for k in found["document"]} == {
        row[2] for row in rows
    }
    assert len({rows[row][:2] for row in stay}) == len(stay)
    assert len({rows[row][2] for row in stay}) == len(stay)
    for document, kept, _, reason in found.iter_rows():
        assert choice.step[kept] == 0
        assert choice.ranks[kept] < choice.ranks[document]
        train = SPLITS.index("train")
        assert not (rows[document][3] != train and rows[kept][3] == train)
        assert (reason == "in-held-out") == (rows[document][3] == train != rows[kept][3])


@settings(deadline=None)
@given(_ROWS, st.randoms(use_true_random=False))
def test_what_stays_does_not_depend_on_the_order_of_rows_unless_they_tie(
    rows: list[Row], lots: object
) -> None:
    distinct = [(*row[:5], float(number)) for number, row in enumerate(rows)]
    shuffled = list(distinct)
    lots.shuffle(shuffled)  # type: ignore[attr-defined]
    kept = []
    for each in (distinct, shuffled):
        index = _index(each)
        choice = order_of_preference(index)
        repeated_ids(index, choice)
        exact_duplicates(index, choice)
        kept.append({each[row] for row in np.flatnonzero(choice.step == 0)})
    assert kept[0] == kept[1]
