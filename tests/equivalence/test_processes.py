"""Training on 1, 2 and 4 processes is the same training, cut anywhere and however gone on with.

In float32, with real processes: Muon on tied matrices, AdamW on untied ones, instruction tuning
with a short last batch; several micro-batches a step, gradients clipped at some steps and not at
others, and on each process another number of targets.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.model.disk import load_model
from tertulia.train.batch import on_device
from tertulia.train.forward import Forward
from tests.equivalence.processes import run_processes
from tests.equivalence.training_process import CASES, CLIP_NORM, STEPS, objective_of

_MODULE = "tests.equivalence.training_process"
_CHANGED = "2-1-2x2"
"""Two processes, then one, then four on two nodes, each of which holds a copy of the model."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `1`, `2`, `4` of runs on so many processes, and of one that changed twice."""
    folder = tmp_path_factory.mktemp("runs")
    for processes in (1, 2, 4):
        run_processes(_MODULE, processes, str(folder / str(processes)))
    changed = str(folder / _CHANGED)
    run_processes(_MODULE, 2, changed, "11")
    run_processes(_MODULE, 1, changed, "23")
    run_processes(_MODULE, 4, changed, nodes=2)
    return folder


def _log(runs: Path, kind: str, case: str) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = json.loads((runs / kind / case / "log.json").read_text())
    return rows


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["2", "4", _CHANGED])
def test_every_step_has_the_loss_of_one_process(runs: Path, case: str, kind: str) -> None:
    alone, together = _log(runs, "1", case), _log(runs, kind, case)
    assert len(alone) == len(together) == (29 if case == "sft" else STEPS)
    for one, other in zip(alone, together, strict=True):
        assert other["loss"] == pytest.approx(one["loss"], rel=1e-5), one["tokens"]
        assert other["gradient_norm"] == pytest.approx(one["gradient_norm"], rel=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_clipping_was_active_but_not_always(runs: Path, case: str) -> None:
    clipped = [row["gradient_norm"] > CLIP_NORM for row in _log(runs, "1", case)]
    assert 0 < sum(clipped) < len(clipped)


def test_processes_had_different_numbers_of_targets() -> None:
    for case in CASES:
        objective = objective_of(case)
        for size in (2, 4):
            shares = [objective.batch(3).share(rank, size).valid for rank in range(size)]
            assert len(set(shares)) > 1, (case, size)


def test_the_last_batch_of_conversations_is_short() -> None:
    objective = objective_of("sft")
    assert len(objective.batch(objective.steps - 1)) % 4


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["2", "4", _CHANGED])
def test_the_models_agree_once_written_and_read_again(runs: Path, case: str, kind: str) -> None:
    batch = on_device(objective_of(case).batch(0), "cpu")
    losses = []
    for folder in ("1", kind):
        model = load_model(runs / folder / case / "model")
        with torch.no_grad():
            total, _ = Forward(model, Machine(name="test")).cross_entropy(batch)
        losses.append(float(total))
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)


@pytest.mark.parametrize("case", CASES)
def test_a_changed_run_went_on_where_it_was_cut(runs: Path, case: str) -> None:
    assert (runs / _CHANGED / case / "begun.txt").read_text().split() == ["0", "11", "23"]
