"""Texts that end an answer, found though they arrive in pieces, and never sent themselves."""

from __future__ import annotations

from collections.abc import Sequence


class StopStrings:
    """Lets text pass as soon as it cannot be the beginning of a stop string."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.found = False
        """Whether a stop string has come; nothing passes after it."""

    def push(self, text: str) -> str:
        """What may be sent now that `text` has come."""
        if self.found:
            return ""
        held = self._held + text
        places = [place for stop in self._stops if (place := held.find(stop)) >= 0]
        if places:
            self.found, self._held = True, ""
            return held[: min(places)]
        kept = max((_overlap(held, stop) for stop in self._stops), default=0)
        self._held = held[len(held) - kept :]
        return held[: len(held) - kept]

    def finish(self) -> str:
        """What was held back, once nothing follows that could complete a stop string."""
        rest, self._held = self._held, ""
        return rest


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
