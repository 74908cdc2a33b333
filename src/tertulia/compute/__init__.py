"""Where a recipe runs: the machine, its profiles, its processes, the energy it takes."""

from __future__ import annotations

from tertulia.compute.machine import Machine
from tertulia.compute.pool import map_shards
from tertulia.compute.profiles import load_profile, resolve_machine

__all__ = ["Machine", "load_profile", "map_shards", "resolve_machine"]
