"""The `tertulia` command, also as `python -m tertulia`."""

from __future__ import annotations

import os
import sys

__all__ = ["entry"]


def entry() -> None:
    """Runs the command line of this process and exits with its code."""
    # Threads that wait for each other sleep instead of spinning: beside one other busy process
    # two spinning threads were measured at a fifth of the speed. Read when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from tertulia.cli.app import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    entry()
