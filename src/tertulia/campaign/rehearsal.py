"""A calculation that costs nothing, with which workers and the loop are tried."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import task


@task(version=1)
def rehearse(inputs: dict[str, Any]) -> dict[str, Any]:
    """The square of `x` after `seconds`; `ends` is `well`, or how it is to go wrong."""
    time.sleep(inputs.get("seconds", 0.0))
    match inputs.get("ends", "well"):
        case "refused":
            raise CalculationFailed("refused", "as asked")
        case "raising":
            raise ValueError("as asked")
        case "dead":
            os.kill(os.getpid(), signal.SIGKILL)
        case "dead-once":
            _die_the_first_time(inputs["mark"])
        case "no-number":
            return {"square": float("nan")}
    return {"square": inputs["x"] ** 2}


def _die_the_first_time(mark: str) -> None:
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
