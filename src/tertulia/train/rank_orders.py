"""What the first training process tells the others, as JSON and back."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from tertulia import errors
from tertulia.compute.machine import Machine
from tertulia.recipe import stages
from tertulia.recipe.section import Section
from tertulia.recipe.sources import Inputs, ResolvedSource
from tertulia.recipe.stage_table import STAGES


@dataclass(frozen=True, kw_only=True)
class Order:
    """A stage to take part in."""

    stage: str
    spec: BaseModel
    inputs: Inputs
    scratch: Path

    def function(self) -> Callable[..., None]:
        """The stage's function, as the stage table names it."""
        named = next(stage.function for stage in STAGES if stage.name == self.stage)
        assert isinstance(named, str), "stages of the table are named, not given"
        module, _, name = named.partition(":")
        function: Callable[..., None] = getattr(importlib.import_module(module), name)
        return function


def order_to_json(order: Order, machine: Machine) -> dict[str, Any]:
    """An order as JSON values; paths become absolute."""
    return {
        "stage": order.stage,
        "kind": type(order.spec).__name__,
        "spec": order.spec.model_dump(mode="json", by_alias=True),
        "inputs": {name: _input_to_json(value) for name, value in order.inputs.items()},
        "scratch": str(order.scratch.resolve()),
        "machine": TypeAdapter(Machine).dump_python(machine, mode="json", by_alias=True),
    }


def order_from_json(values: dict[str, Any]) -> tuple[Order, Machine]:
    """The order and the machine that `order_to_json` was given."""
    kind = getattr(stages, values["kind"])
    assert issubclass(kind, Section), "a spec is a section of a recipe"
    order = Order(
        stage=values["stage"],
        spec=kind.model_validate(values["spec"]),
        inputs={name: _input_from_json(value) for name, value in values["inputs"].items()},
        scratch=Path(values["scratch"]),
    )
    return order, TypeAdapter(Machine).validate_python(values["machine"])


def error_to_json(error: Exception) -> dict[str, Any]:
    """What a process failed with, for the first one to raise."""
    if not isinstance(error, errors.TertuliaError):
        return {"kind": None, "what": f"{type(error).__name__}: {error}"}
    return {
        "kind": type(error).__name__,
        "code": error.code,
        "what": error.what,
        "where": error.where,
        "remedy": error.remedy,
    }


def error_from_json(values: dict[str, Any], rank: int) -> Exception:
    """The error again; a fault of ours names the process, whose traceback is in its own output."""
    if values["kind"] is None:
        return RuntimeError(f"training process {rank} failed with {values['what']}")
    kind = getattr(errors, values["kind"])
    assert issubclass(kind, errors.TertuliaError), "only our errors are told by name"
    error: errors.TertuliaError = kind(
        values["code"], values["what"], where=values["where"], remedy=values["remedy"]
    )
    return error


def _input_to_json(value: Path | ResolvedSource) -> dict[str, Any]:
    if isinstance(value, Path):
        return {"folder": str(value.resolve())}
    return {"source": asdict(value) | {"path": str(value.path.resolve())}}


def _input_from_json(value: dict[str, Any]) -> Path | ResolvedSource:
    if "folder" in value:
        return Path(value["folder"])
    source = value["source"]
    return ResolvedSource(**source | {"path": Path(source["path"])})
