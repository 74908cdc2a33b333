"""How a command ends: the one place where an exception becomes words and an exit code.

0 done · 1 our fault · 2 the user's mistake · 75 stopped, the same command goes on · 130 interrupted
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback

from tertulia.errors import Resumable, TertuliaError
from tertulia.messages import tr
from tertulia.messages.error_summaries import summary_of

OUR_FAULT = 1
INTERRUPTED = 130

_NOT_WRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}


def report_failure(error: BaseException, *, debug: bool) -> int:
    """Says on standard error what went wrong; returns the exit code.

    A user's mistake shows no traceback unless `debug`; ours is written to a file.
    """
    if isinstance(error, BrokenPipeError):
        _silence_standard_output()
        return 0
    if debug:
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        _say(tr("Interrupted. The same command goes on from what is finished."))
        return INTERRUPTED
    if isinstance(error, OSError) and error.errno in _NOT_WRITABLE:
        error = _not_writable(error)
    if isinstance(error, Resumable):
        _say(summary_of(error.code))
        _say(f"resumable: {error}")
        return error.exit_code
    if isinstance(error, TertuliaError):
        _say(f"error[{error.code}]: {summary_of(error.code)}")
        _say(f"  {error}")
        return error.exit_code
    _say(tr("This is a fault of tertulia, not yours."))
    _say(f"  {type(error).__name__}: {error}")
    if not debug:
        _say("  " + tr("Please report it with this file: {path}", path=_write_traceback(error)))
    return OUR_FAULT


def _not_writable(error: OSError) -> TertuliaError:
    return TertuliaError(
        "cli.not-writable",
        error.strerror or "the system refused to write",
        where=str(error.filename) if error.filename else None,
        remedy="Free some space, or name a folder you may write to with --runs",
    )


def _write_traceback(error: BaseException) -> str:
    descriptor, path = tempfile.mkstemp(prefix="tertulia-traceback-", suffix=".txt", text=True)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return path


def _silence_standard_output() -> None:
    """The reader has gone; what Python flushes at exit must not raise again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
