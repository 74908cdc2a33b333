"""Whoever calculates for a campaign: processes of our own, or Dask's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tertulia.campaign.calculation import Calculation, Result
from tertulia.compute.machine import Executor


class Calculators(Protocol):
    """Whoever calculates for a campaign."""

    @property
    def busy(self) -> bool:
        """Whether anything waits or is being calculated."""
        ...

    def submit(self, calculation: Calculation) -> None:
        """Queues it."""
        ...

    def finished(self) -> Iterator[Result]:
        """What has come back; waits for something, but not for ever."""
        ...

    def close(self) -> None:
        """Ends all; what they were at is lost and can be done again."""
        ...


def calculators(executor: Executor, count: int, *, timeout: float) -> Calculators:
    """`count` processes of one thread, ours or Dask's.

    Raises MissingExtraError `compute.no-dask`.
    """
    if executor == "dask":
        from tertulia.campaign.dask_workers import DaskWorkers

        return DaskWorkers(count, timeout=timeout)
    from tertulia.campaign.workers import Workers

    return Workers(count, timeout=timeout)
