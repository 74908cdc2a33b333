"""The `tertulia` command, also as `python -m tertulia`."""

from __future__ import annotations

import sys

__all__ = ["entry"]


def entry() -> None:
    """Runs the command line of this process and exits with its code."""
    from tertulia.cli.app import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    entry()
