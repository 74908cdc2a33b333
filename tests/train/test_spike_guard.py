"""The guard refuses what is out of proportion and says what it saw when a run has diverged."""

from __future__ import annotations

import math

import pytest

from tertulia.errors import TrainingError
from tertulia.train.spike_guard import SpikeGuard


def _guard(steps: int = 40, norm: float = 0.5) -> SpikeGuard:
    guard = SpikeGuard(4.0)
    for _ in range(steps):
        assert guard.accepts(norm)
    return guard


def test_a_spike_is_refused_and_forgotten() -> None:
    guard = _guard()
    assert not guard.accepts(2.1)
    assert guard.accepts(1.9)
    assert guard.skipped == 1


def test_early_norms_are_no_measure() -> None:
    guard = _guard(steps=8)
    assert guard.accepts(50.0)


@pytest.mark.parametrize("norm", [math.nan, math.inf])
def test_what_is_no_number_is_refused_from_the_first_step(norm: float) -> None:
    guard = SpikeGuard(4.0)
    assert not guard.accepts(norm)
    assert guard.accepts(1.0)


def test_a_diverged_run_is_told_with_what_was_seen() -> None:
    guard = _guard()
    for step in range(25):
        assert not guard.accepts(math.nan)
        guard.check("pretrain", step=41 + step, loss=math.nan, norm=math.nan)
    guard.accepts(math.nan)
    with pytest.raises(TrainingError) as caught:
        guard.check("pretrain", step=66, loss=math.nan, norm=math.nan)
    assert caught.value.code == "train.diverged"
    assert caught.value.where == "step 66 of pretrain"
    assert "26 updates in a row" in caught.value.what
    assert "the loss was nan and the gradient norm nan" in caught.value.what
    assert "the usual norm is 0.5" in caught.value.what


def test_a_run_that_was_never_sound_has_no_usual_norm() -> None:
    guard = SpikeGuard(4.0)
    for _ in range(26):
        guard.accepts(math.inf)
    with pytest.raises(TrainingError, match="the usual norm is not known yet"):
        guard.check("align", step=26, loss=3.0, norm=math.inf)


def test_the_state_goes_on() -> None:
    guard, again = _guard(), SpikeGuard(4.0)
    guard.accepts(9.0)
    again.restore(guard.state())
    assert (again.skipped, again.state()) == (1, guard.state())
    assert not again.accepts(2.1)
