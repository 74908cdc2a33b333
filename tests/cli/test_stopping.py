"""SIGTERM and SIGUSR1 outside training: an orderly end with code 75; the same command goes on."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from tertulia.cli.stopping import stoppable
from tertulia.errors import Resumable

_SIGNALS = [signal.SIGTERM, signal.SIGUSR1]


@pytest.mark.parametrize("number", _SIGNALS)
def test_a_signal_ends_the_work_with_words_and_a_code(number: signal.Signals) -> None:
    with pytest.raises(Resumable, match=number.name) as caught, stoppable():
        os.kill(os.getpid(), number)
        signal.pause()
    assert (caught.value.code, caught.value.exit_code) == ("cli.stopped", 75)


def test_those_that_follow_do_not_disturb_the_way_out() -> None:
    tidied = []
    with pytest.raises(Resumable), stoppable():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGUSR1)
            signal.raise_signal(signal.SIGTERM)
            tidied.append(True)
    assert tidied == [True]


def test_afterwards_signals_mean_what_they_meant() -> None:
    before = [signal.getsignal(number) for number in _SIGNALS]
    with stoppable():
        assert [signal.getsignal(number) for number in _SIGNALS] != before
    assert [signal.getsignal(number) for number in _SIGNALS] == before


def test_outside_the_main_thread_nothing_is_caught() -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work() -> None:
        with stoppable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
