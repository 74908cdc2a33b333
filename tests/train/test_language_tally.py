"""The loss of a step by language adds up to the loss of the step."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tertulia.train.batch import Batch
from tertulia.train.language_tally import LanguageTally
from tertulia.train.loss import IGNORED


def test_rows_are_added_to_their_language_and_ignored_targets_to_none() -> None:
    targets = np.array([[2, 1, IGNORED], [0, 0, 2], [1, 1, 1]])
    batch = Batch(
        ids_BT=np.zeros((3, 3), dtype=np.int64),
        targets_BT=targets,
        documents_BT=np.zeros((3, 3), dtype=np.int64),
        languages=("eu", "gl", "eu"),
    )
    nats = torch.tensor([[1.0, 2.0, 0.0], [4.0, 8.0, 16.0], [32.0, 64.0, 128.0]])
    tally = LanguageTally(torch.tensor([1, 3, 5]))
    tally.add(batch.rows(slice(0, 2)), nats[:2])
    tally.add(batch.rows(slice(2, 3)), nats[2:])
    assert dict(tally.nats) == pytest.approx({"eu": 227.0, "gl": 28.0})
    assert tally.targets() == {
        "eu": {"tokens": 5, "bytes": 8 + 9},
        "gl": {"tokens": 3, "bytes": 1 + 1 + 5},
    }
