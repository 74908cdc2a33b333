"""What a worker is told: the name of a registered function, its version, and JSON.

No object of anybody's crosses to a worker and none comes back: a worker on another machine runs
what its own installation holds under that name, or refuses.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

from tertulia.errors import TertuliaError

TaskFunction = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes JSON values, gives JSON values, and may write below folders that its argument names.

What it writes is whole or absent, and the same however often it runs: a worker may die.
"""

_PACKAGE = "tertulia."
_MARK = "__task_version__"


def task(version: int) -> Callable[[TaskFunction], TaskFunction]:
    """Registers a module's function as one that workers may be told to run."""

    def register(function: TaskFunction) -> TaskFunction:
        setattr(function, _MARK, version)
        return function

    return register


def order_for(function: TaskFunction) -> tuple[str, int]:
    """Name and version by which a worker finds a registered `function`."""
    assert hasattr(function, _MARK), f"{function.__name__} is not registered as a task"
    return f"{function.__module__}:{function.__name__}", getattr(function, _MARK)


def perform(name: str, version: int, argument: str) -> str:
    """Runs the registered function `name` on JSON and returns JSON; this is what a worker calls.

    Raises TertuliaError `compute.no-task` where this installation lacks it in that version.
    """
    function = _registered(name)
    if function is None or getattr(function, _MARK) != version:
        raise TertuliaError(
            "compute.no-task",
            f"a worker has no task `{name}` of version {version}",
            remedy="Install the same version of tertulia on every machine",
        )
    return json.dumps(function(json.loads(argument)), ensure_ascii=False)


def _registered(name: str) -> TaskFunction | None:
    module, _, attribute = name.partition(":")
    if not module.startswith(_PACKAGE):
        return None
    try:
        function = getattr(importlib.import_module(module), attribute, None)
    except ModuleNotFoundError:
        return None
    return function if hasattr(function, _MARK) else None
