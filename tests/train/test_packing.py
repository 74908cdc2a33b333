"""Documents go into rows whole, each once an epoch, in an order that the seed decides."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tertulia.train.loss import IGNORED
from tertulia.train.packing import empty_rows, pack, packed_epochs


@given(st.lists(st.integers(1, 32), max_size=200))
def test_each_row_holds_whole_documents(needs: list[int]) -> None:
    rows = pack(needs, 32)
    assert sorted(i for row in rows for i in row) == list(range(len(needs)))
    assert all(sum(needs[i] for i in row) <= 32 for row in rows)


def test_a_gap_is_filled_by_what_fits() -> None:
    assert pack([20, 30, 10, 2], 32) == [[0, 2, 3], [1]]


def test_every_epoch_holds_every_document_in_an_order_of_its_own() -> None:
    needs = [8] * 12
    rows = packed_epochs(needs, 16, epochs=2, seed=1)
    first, second = (
        [i for row in rows[:6] for i in row],
        [i for row in rows[6:] for i in row],
    )
    assert sorted(first) == sorted(second) == list(range(12))
    assert first != second
    assert rows == packed_epochs(needs, 16, epochs=2, seed=1)
    assert rows != packed_epochs(needs, 16, epochs=2, seed=2)


@given(st.lists(st.tuples(st.integers(1, 16), st.integers(0, 3)), max_size=60))
def test_a_group_is_one_run_of_rows_that_hold_nothing_else(
    documents: list[tuple[int, int]],
) -> None:
    needs, groups = [need for need, _ in documents], [group for _, group in documents]
    rows = packed_epochs(needs, 16, epochs=1, seed=0, groups=groups)
    assert sorted(i for row in rows for i in row) == list(range(len(needs)))
    of_rows = [{groups[i] for i in row} for row in rows]
    assert all(len(kinds) == 1 for kinds in of_rows)
    runs = [kind for kind, _ in itertools.groupby(of_rows)]
    assert len(runs) == len(set(groups))


def test_an_empty_row_teaches_nothing() -> None:
    ids_BT, targets_BT, documents_BT = empty_rows(3, 16)
    assert ids_BT.shape == (3, 16)
    assert (targets_BT == IGNORED).all()
    assert np.unique(documents_BT).tolist() == [16]
