"""What building a model cost: time and energy by stage, from the manifests.

These differ between two builds of the same model, so they lie in `logs/`, which the store keeps
out of an artifact's digest, and in no file that is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tertulia.errors import StoreError
from tertulia.store import Manifest, read_manifest

_JOULES_PER_KWH = 3.6e6


def manifests(inputs: Mapping[str, Path]) -> dict[str, Manifest]:
    """The manifest of each upstream artifact that has one."""
    found: dict[str, Manifest] = {}
    for stage, folder in inputs.items():
        try:
            found[stage] = read_manifest(folder)
        except StoreError as error:
            # A stage run by hand, outside a run folder, has no manifest: its cost is unknown.
            if error.code != "store.no-manifest":
                raise
    return found


def footprint(found: Mapping[str, Manifest]) -> dict[str, Any]:
    """Seconds and energy by stage and in all; a sum is null where a part is unknown."""
    stages = {
        stage: {
            "wall_seconds": manifest.wall_seconds,
            "cpu_seconds": manifest.cpu_seconds,
            "energy_kwh": _kwh(manifest.energy.joules),
            "energy_basis": manifest.energy.basis,
            "machine": manifest.machine.get("name"),
            "unmeasured_attempts": manifest.attempts.unmeasured,
        }
        for stage, manifest in found.items()
    }
    joules = [manifest.energy.joules for manifest in found.values()]
    known = [value for value in joules if value is not None]
    return {
        "schema": 1,
        "stages": stages,
        "wall_seconds": sum(manifest.wall_seconds for manifest in found.values()),
        "cpu_seconds": sum(manifest.cpu_seconds for manifest in found.values()),
        "energy_kwh": _kwh(sum(known)) if known and len(known) == len(joules) else None,
    }


def _kwh(joules: float | None) -> float | None:
    return None if joules is None else joules / _JOULES_PER_KWH
