"""A run that diverged is explained by its last steps: what rose, where first, what to change."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from tertulia.errors import TrainingError
from tertulia.train.batch import PartLoss
from tertulia.train.observer import StepReport
from tertulia.train.observers.divergence import Divergence, explain, first_risen
from tests.train.observers.runs import facts, step
from tests.train.observers.watched import watched_loop

SOUND = [step(number) for number in range(1, 61)]


def _diverging(first_in: str = "gl", then: str = "eu") -> list[StepReport]:
    """Sound until step 60; one language rises from 61, the other from 65; refused from 71."""
    later = []
    for number in range(61, 97):
        nats = {
            first_in: 500.0 * (1.2 + number - 61),
            then: 500.0 * (1.0 if number < 65 else 1.5 + number - 65),
        }
        refused = number > 70
        later.append(step(number, loss=4.0, norm=90.0, accepted=not refused, nats=nats))
    return [step(n, nats={"eu": 500.0, "gl": 500.0}) for n in range(1, 61)] + later


def test_the_language_that_rose_first_is_named() -> None:
    assert first_risen(_diverging("gl", "eu")) == ("gl", 61)
    assert first_risen(_diverging("eu", "gl")) == ("eu", 61)
    lines = explain(_diverging("gl", "eu"))
    assert lines[0] == "Every update from step 71 on was refused."
    assert "usually 2, at the end 4." in lines[1]
    assert lines[2] == "The loss rose first in gl, at step 61."
    assert "pretrain.learning_rate" in lines[3]
    assert "corpus inspect RUN --language gl" in lines[4]


def test_of_languages_that_rise_at_once_the_one_that_rose_most_is_named() -> None:
    later = [
        step(number, accepted=False, nats={"eu": 900.0, "gl": 400.0}) for number in range(61, 90)
    ]
    assert first_risen([*SOUND, *later]) == ("eu", 61)
    assert explain([*SOUND, *later])[2].startswith("The loss rose first in eu")


def test_a_sound_run_has_no_language_that_rose_and_needs_no_explanation() -> None:
    assert first_risen(SOUND) is None
    assert explain(SOUND) == []
    assert explain([]) == []


def test_gradients_alone_are_the_guards_fault() -> None:
    refused = [step(number, norm=50.0, accepted=False) for number in range(61, 87)]
    assert "Raise pretrain.spike_factor" in explain([*SOUND, *refused])[-1]


def test_losses_that_are_not_finite_point_at_the_rate_and_the_precision() -> None:
    nan = [
        step(n, loss=math.nan, norm=math.nan, accepted=False, nats={"eu": math.nan})
        for n in range(1, 27)
    ]
    lines = explain(nan)
    assert "at the end not finite" in lines[1]
    assert "float32" in lines[-1]


def test_rows_without_a_language_are_explained_without_one() -> None:
    refused = [step(n, loss=9.0, accepted=False, nats={}) for n in range(61, 87)]
    lines = explain([*(step(n, nats={}) for n in range(1, 61)), *refused])
    assert not any("first in" in line for line in lines)
    assert "learning_rate" in lines[-1]


def test_it_is_said_where_the_run_diverged_and_nowhere_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for error in (None, KeyboardInterrupt(), TrainingError("train.stopped", "x")):
        _watched().ends(error)
    assert capsys.readouterr().err == ""
    _watched().ends(TrainingError("train.diverged", "x"))
    assert "The loss rose first in gl, at step 61." in capsys.readouterr().err


def test_a_run_of_losses_that_are_not_finite_ends_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = watched_loop(tmp_path, [Divergence()])
    loop.guard.restore({"skipped": 20, "in_a_row": 20, "norms": []})
    loop.objective.loss = lambda forward, part: PartLoss(  # type: ignore[method-assign]
        total=loop.model(part.ids_BT).sum() * torch.inf
    )
    with pytest.raises(TrainingError) as caught:
        loop.run("pretrain")
    assert caught.value.code == "train.diverged"
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Every update from step 1 on was refused."
    assert "at the end not finite" in lines[1]


def _watched() -> Divergence:
    divergence = Divergence()
    divergence.begins(facts())
    for report in _diverging():
        divergence.stepped(report)
    return divergence
