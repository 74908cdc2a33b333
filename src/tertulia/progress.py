"""Progress bars, figures that change in place, and log lines, all on standard error.

Bars and figures appear only on a terminal; elsewhere `track` adds nothing and `log` prints plain
lines, so that a log file or a batch job holds no control characters. Standard output stays for
results.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live

T = TypeVar("T")

_open: set[Display] = set()


def track(iterable: Iterable[T], description: str, total: float | None = None) -> Iterator[T]:
    """Yields from `iterable` and shows how far it is, unless a `Display` shows more than that.

    `total` is needed where the iterable has no length and the end should be seen coming.
    """
    if not on_terminal() or _open:
        yield from iterable
        return
    from rich.progress import track as rich_track

    yield from rich_track(
        iterable, description=description, total=total, console=_terminal(), transient=True
    )


def log(line: str) -> None:
    """Prints one line, above a bar if one is showing."""
    if on_terminal():
        _terminal().print(line, markup=False, highlight=False, soft_wrap=True)
    else:
        print(line, file=sys.stderr, flush=True)


def on_terminal() -> bool:
    """Whether someone may be looking."""
    return sys.stderr.isatty()


class Display:
    """Labelled figures at the foot of a terminal that change in place, until closed."""

    def __init__(self) -> None:
        self._live: Live | None = None

    def show(self, figures: Mapping[str, str]) -> None:
        """Replaces what is shown by `figures`, label -> text."""
        from rich.live import Live
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        for label, text in figures.items():
            table.add_row(Text(label), Text(text))
        if self._live is None:
            # Refreshed when there is something new and not by a thread, which would take time
            # from what is being watched.
            self._live = Live(console=_terminal(), transient=True, auto_refresh=False)
            self._live.start()
            _open.add(self)
        self._live.update(table, refresh=True)

    def close(self) -> None:
        """Takes the figures away and gives the terminal back."""
        if self._live is not None:
            self._live.stop()
            self._live = None
            _open.discard(self)


@cache
def _terminal() -> Console:
    """The one console: a bar and the lines above it must share it."""
    from rich.console import Console

    return Console(stderr=True)
