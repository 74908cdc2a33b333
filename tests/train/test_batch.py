"""The rows of a batch are shared among processes so that nothing is lost or counted twice."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.train.batch import Batch
from tertulia.train.loss import IGNORED


def _batch(rows: int, *, languages: bool = True) -> Batch:
    ids_BT = np.arange(rows * 4).reshape(rows, 4) + 100
    return Batch(
        ids_BT=ids_BT,
        targets_BT=ids_BT + 1,
        documents_BT=np.zeros_like(ids_BT),
        languages=tuple("eu" if row % 2 else "gl" for row in range(rows)) if languages else (),
        extra={"pairs_B": np.ones(rows, dtype=np.int64)},
    )


@pytest.mark.parametrize(("rows", "size"), [(8, 1), (8, 2), (8, 4), (5, 2), (3, 4), (1, 4)])
def test_shares_hold_every_row_once_and_are_equally_long(rows: int, size: int) -> None:
    batch = _batch(rows)
    shares = [batch.share(rank, size) for rank in range(size)]
    assert len({len(share) for share in shares}) == 1
    assert sum(share.valid for share in shares) == batch.valid
    real = [row for share in shares for row in share.ids_BT.tolist() if row[0] >= 100]
    assert sorted(real) == batch.ids_BT.tolist()
    assert sum(int(share.extra["pairs_B"].sum()) for share in shares) == rows
    assert sorted(name for share in shares for name in share.languages if name) == sorted(
        batch.languages
    )


def test_an_empty_row_has_nothing_to_learn_and_a_document_of_its_own() -> None:
    (empty,) = _batch(3, languages=False).share(3, 4).rows(slice(0, 1)).targets_BT.tolist()
    assert set(empty) == {IGNORED}
    share = _batch(3, languages=False).share(3, 4)
    assert share.documents_BT.min() == 4 and share.languages == ()
