"""How many threads the tokenizers library uses, said in the open."""

from __future__ import annotations

import os
from functools import cache


def use_threads(count: int) -> None:
    """Encoding and training use `count` threads from now on; results do not depend on it.

    The pool is made once in a process: a later call can still switch threads off and on, but not
    change how many there are. Set here rather than left to the library's own guess, which warns
    and switches itself off when a process forks.
    """
    os.environ["RAYON_NUM_THREADS"] = str(max(1, count))
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if count > 1 else "false"
    _serial_after_fork()


@cache
def _serial_after_fork() -> None:
    """A child has no pool: without this, encoding in it would wait for ever."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_go_serial)


def _go_serial() -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
