"""Where a recipe runs: the machine, its profiles, the energy it takes."""

from __future__ import annotations

from tertulia.compute.machine import Machine
from tertulia.compute.profiles import load_profile, planned_machine, resolve_machine

__all__ = ["Machine", "load_profile", "planned_machine", "resolve_machine"]
