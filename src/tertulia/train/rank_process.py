"""A further training process on this machine: what `ranks` starts beside the first one.

A module of its own: run by name, it is not the `ranks` that stages import.
"""

from __future__ import annotations

import os
import sys

from tertulia.compute.rank_launch import leave_with_parent
from tertulia.compute.world import RENDEZVOUS_FILE, world_from_environment
from tertulia.errors import Resumable
from tertulia.train.ranks import follow


def main() -> int:
    """Takes part until the first process says the end, or is gone."""
    leave_with_parent()
    try:
        return follow(world_from_environment(), os.environ[RENDEZVOUS_FILE])
    except Resumable as error:
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
