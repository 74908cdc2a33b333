"""What is told of a file, row or record that gave no document, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tertulia.errors import DataError

REASONS = {
    "corpus.bad-field": "bad-row",
    "corpus.bad-row": "bad-row",
    "corpus.not-json": "bad-row",
    "corpus.damaged": "file-damaged",
    "corpus.encrypted": "file-encrypted",
    "corpus.no-text-inside": "file-no-text",
    "corpus.not-utf8": "file-not-utf8",
    "corpus.too-large": "file-too-large",
    "corpus.truncated": "file-truncated",
    "corpus.unreadable": "file-unreadable",
}
"""Code of the error -> reason in the ledger. Errors of other codes stop the run."""


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A file, row or record that gave no document."""

    path: str
    """Relative to the source."""
    where: str
    """The path, with a line, row, page or record where that is known."""
    reason: str
    """Such as `file-truncated` or `bad-row`."""
    detail: str
    """What was wrong, in English."""
    bytes: int
    """Of the row or record; for a whole file its size on disk."""
    expected: bool = False
    """Whether it was passed over by rule, such as a redirect of a wiki, and nothing is wrong."""


OnBroken = Callable[[Broken], None]


class Report:
    """Tells of what is broken in one file; without a listener it raises instead."""

    def __init__(self, path: Path, relative: str, listener: OnBroken | None) -> None:
        self.path, self.relative, self._listener = path, relative, listener

    def file(self, error: DataError) -> None:
        """The rest of the file cannot be read; raises `error` if it is no fault of the file."""
        reason = REASONS.get(error.code)
        if reason == "bad-row":
            reason = "file-damaged"
        try:
            size = self.path.stat().st_size
        except OSError:
            size = 0
        self._tell(error, reason, size)

    def row(self, error: DataError, size: int) -> None:
        """One row or record of `size` bytes is lost; raises `error` if settings are at fault."""
        reason = REASONS.get(error.code)
        self._tell(error, "bad-row" if reason == "file-not-utf8" else reason, size)

    def passed_over(self, reason: str, where: str, detail: str, size: int) -> None:
        """A record of `size` bytes is left out by rule."""
        if self._listener is not None:
            self._listener(
                Broken(
                    path=self.relative,
                    where=f"{self.relative}, {where}",
                    reason=reason,
                    detail=detail,
                    bytes=size,
                    expected=True,
                )
            )

    def _tell(self, error: DataError, reason: str | None, size: int) -> None:
        if self._listener is None or reason is None:
            raise error
        # Where the source lies on this machine is nothing that a ledger should depend on.
        place = (error.where or "").removeprefix(str(self.path))
        self._listener(
            Broken(
                path=self.relative,
                where=self.relative + place,
                reason=reason,
                detail=error.what.replace(str(self.path), self.relative),
                bytes=size,
            )
        )
