"""Requests that wait, and users who take turns: nobody waits behind another's hundred."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

from tertulia.errors import ModelError
from tertulia.inference.text_engine import QueueLimits

Request = TypeVar("Request")


class RequestQueue(Generic[Request]):
    """One line per user, served in turn; not locked, its owner sees to that."""

    def __init__(self, limits: QueueLimits) -> None:
        self._limits = limits
        self._lines: OrderedDict[str, deque[Request]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._count

    def add(self, user: str, request: Request) -> None:
        """Puts it at the end of its user's line; raises ModelError `inference.busy`."""
        line = self._lines.get(user)
        if self._count >= self._limits.waiting:
            raise _busy(f"{self._count} requests wait already")
        if line is not None and len(line) >= self._limits.waiting_each:
            raise _busy(f"{len(line)} requests of yours wait already")
        if line is None:
            line = self._lines[user] = deque()
        line.append(request)
        self._count += 1

    def take(self) -> Request | None:
        """The next one; its user's others wait until the other users had their turn."""
        if not self._lines:
            return None
        user, line = self._lines.popitem(last=False)
        request = line.popleft()
        if line:
            self._lines[user] = line
        self._count -= 1
        return request

    def remove(self, user: str, request: Request) -> bool:
        """Takes one out that has not been served; false where it is not there."""
        line = self._lines.get(user)
        if line is None or request not in line:
            return False
        line.remove(request)
        if not line:
            del self._lines[user]
        self._count -= 1
        return True

    def waiting(self) -> list[Request]:
        """All that wait, user by user."""
        return [request for line in self._lines.values() for request in line]


def _busy(why: str) -> ModelError:
    return ModelError("inference.busy", why, remedy="Ask again when some of them are answered")
