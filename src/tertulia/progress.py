"""Progress bars and log lines on standard error.

Bars appear only on a terminal; elsewhere `track` adds nothing and `log` prints plain lines, so
that a log file or a batch job holds no control characters. Standard output stays for results.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


def track(iterable: Iterable[T], description: str, total: float | None = None) -> Iterator[T]:
    """Yields from `iterable` and shows how far it is.

    `total` is needed where the iterable has no length and the end should be seen coming.
    """
    if not sys.stderr.isatty():
        yield from iterable
        return
    from rich.progress import track as rich_track

    yield from rich_track(
        iterable, description=description, total=total, console=_terminal(), transient=True
    )


def log(line: str) -> None:
    """Prints one line, above a bar if one is showing."""
    if sys.stderr.isatty():
        _terminal().print(line, markup=False, highlight=False, soft_wrap=True)
    else:
        print(line, file=sys.stderr, flush=True)


@cache
def _terminal() -> Console:
    """The one console: a bar and the lines above it must share it."""
    from rich.console import Console

    return Console(stderr=True)
