"""How the reader can type a `tertulia` command here: it need not be on the search path."""

from __future__ import annotations

import os
import shlex
import shutil
import sys


def command_line(*arguments: str) -> str:
    """`tertulia ARGUMENTS` as it works in the reader's shell, from the current folder."""
    return " ".join([_program(), *map(shlex.quote, arguments)])


def _program() -> str:
    started_as = sys.argv[0]
    if os.path.basename(started_as) != "tertulia":
        # Started as `python -m tertulia`, or from within another program.
        return f"{shlex.quote(os.path.basename(sys.executable))} -m tertulia"
    found = shutil.which("tertulia")
    if found and os.path.realpath(found) == os.path.realpath(started_as):
        return "tertulia"
    return shlex.quote(os.path.relpath(started_as))
