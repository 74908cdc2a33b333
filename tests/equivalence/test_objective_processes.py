"""Preferences, adapters and sentence pairs come to the same on one process and on two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tertulia.model.disk import load_model
from tests.equivalence.objective_process import CASES
from tests.equivalence.processes import run_processes

_MODULE = "tests.equivalence.objective_process"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folders = {count: tmp_path_factory.mktemp(f"processes{count}") for count in (1, 2)}
    for count, folder in folders.items():
        run_processes(_MODULE, count, str(folder))
    return folders


@pytest.mark.parametrize("case", CASES)
def test_two_processes_train_as_one(trained: dict[int, Path], case: str) -> None:
    alone, together = (
        json.loads((trained[count] / case / "log.json").read_text()) for count in (1, 2)
    )
    assert len(alone) == len(together) > 3
    for one, two in zip(alone, together, strict=True):
        assert two["loss"] == pytest.approx(one["loss"], rel=1e-5, abs=1e-6)
        assert two["gradient_norm"] == pytest.approx(one["gradient_norm"], rel=1e-4)
    first, second = (load_model(trained[count] / case / "model").state_dict() for count in (1, 2))
    for name, value in first.items():
        torch.testing.assert_close(second[name], value, rtol=0, atol=1e-4)
