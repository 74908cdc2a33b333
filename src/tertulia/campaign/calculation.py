"""A calculation: what is to be computed, by what, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from tertulia.compute.task import TaskFunction, order_for
from tertulia.store.digest import canonical_json

Status = Literal["done", "failed"]


@dataclass(frozen=True, kw_only=True)
class Calculation:
    """One evaluation of one thing: a registered task, its version and its inputs.

    `libraries` are the versions of what computes: another version gives another key, and so is
    computed anew.
    """

    task: str
    version: int
    inputs: Mapping[str, Any]
    libraries: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, function: TaskFunction, inputs: Mapping[str, Any], libraries: Mapping[str, str]
    ) -> Calculation:
        """The calculation that the registered `function` does on `inputs`."""
        task, version = order_for(function)
        return cls(task=task, version=version, inputs=inputs, libraries=libraries)

    @cached_property
    def key(self) -> str:
        """SHA-256, as 64 hex digits, of all that decides the result."""
        return hashlib.sha256(canonical_json(self.described())).hexdigest()

    def described(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "task": self.task,
            "version": self.version,
            "inputs": dict(self.inputs),
            "libraries": dict(self.libraries),
        }


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a calculation took, and where; no part of its result."""

    seconds: float
    cpu_seconds: float
    host: str
    processor: str
    began: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a calculation; `reason` is a code where it failed."""

    calculation: Calculation
    status: Status
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    detail: str = ""
    cost: Cost | None = None

    @property
    def done(self) -> bool:
        """Whether it has values."""
        return self.status == "done"

    @property
    def digest(self) -> str:
        """SHA-256 of what was computed and what came of it, without its cost."""
        return hashlib.sha256(canonical_json(self.outcome())).hexdigest()

    def outcome(self) -> dict[str, Any]:
        """Calculation, status, values and reason, as JSON values."""
        return {
            "calculation": self.calculation.described(),
            "status": self.status,
            "values": dict(self.values),
            "reason": self.reason,
            "detail": self.detail,
        }
