"""Stages of a long calculation, each kept when it is done: a kill loses the one under way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tertulia.store.atomic import write_text
from tertulia.store.digest import canonical_json


def staged(
    folder: str | None,
    stage: str,
    inputs: Mapping[str, Any],
    compute: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """What `compute` gives, or what it gave when the same stage was done before.

    A stage is known by its name, all of its `inputs` and the version of PySCF. Numbers cross JSON
    unrounded, so what follows from a kept stage is what would have followed without it. Without
    a `folder` nothing is kept.
    """
    if folder is None:
        return compute()
    from importlib.metadata import version

    described = {"stage": stage, "inputs": dict(inputs), "pyscf": version("pyscf")}
    key = hashlib.sha256(canonical_json(described)).hexdigest()
    kept = Path(folder, f"{stage}-{key[:32]}.json")
    if kept.is_file():
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    values = compute()
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_text(kept, json.dumps(values))
    return values
