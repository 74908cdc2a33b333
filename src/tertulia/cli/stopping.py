"""Ending in good order when Slurm, or anyone, asks by SIGTERM or SIGUSR1.

Training has its own answer while it runs, a checkpoint; everywhere else what is unfinished is
dropped, what is finished was kept already, and the same command goes on from there.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tertulia.errors import Resumable

_SIGNALS = (signal.SIGTERM, signal.SIGUSR1)


@contextmanager
def stoppable() -> Iterator[None]:
    """While entered, the first of these signals raises Resumable `cli.stopped` in the main thread.

    Those that follow are ignored, so that nothing disturbs the way out. Elsewhere than in the main
    thread nothing is caught.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Resumable(
        "cli.stopped",
        f"stopped on request ({signal.Signals(number).name}); what is finished is kept",
        remedy="Run the same command to go on",
    )
