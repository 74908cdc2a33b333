"""The rate rises to its peak, stays, and ends at zero; the guard refuses what stands out."""

from __future__ import annotations

import math

import pytest

from tertulia.train.schedule import rate_factor
from tertulia.train.spike_guard import SpikeGuard


def test_warmup_stable_decay() -> None:
    factors = [rate_factor(p / 100, warmup=0.1, decay=0.4) for p in range(101)]
    assert factors[0] == 0.0 and factors[5] == pytest.approx(0.5)
    assert set(factors[10:60]) == {1.0}
    assert factors[80] == pytest.approx(0.5) and factors[100] == 0.0
    assert factors[60:] == sorted(factors[60:], reverse=True)


def test_no_warmup_and_no_decay_hold_the_peak() -> None:
    assert {rate_factor(p / 10, warmup=0.0, decay=0.0) for p in range(11)} == {1.0}


def test_a_spike_is_refused_and_counted() -> None:
    guard = SpikeGuard(4.0)
    assert all(guard.accepts(1.0 + 0.01 * i) for i in range(40))
    assert not guard.accepts(9.0)
    assert not guard.accepts(math.nan)
    assert guard.accepts(1.2)
    assert guard.skipped == 2


def test_not_a_number_is_refused_from_the_first_step() -> None:
    assert not SpikeGuard(4.0).accepts(math.inf)


def test_a_restored_guard_decides_as_the_first() -> None:
    guard = SpikeGuard(4.0)
    for i in range(40):
        guard.accepts(1.0 + (i % 5))
    other = SpikeGuard(4.0)
    other.restore(guard.state())
    assert [guard.accepts(n) for n in (3.0, 13.0, 5.0)] == [
        other.accepts(n) for n in (3.0, 13.0, 5.0)
    ]
