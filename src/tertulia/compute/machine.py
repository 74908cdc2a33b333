"""Where a recipe runs: the resolved machine, and the numeric class its results belong to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from tertulia.compute.processor import cpu_capability, cpu_vendor
from tertulia.compute.torch_build import gpu_model, torch_build

Precision = Literal["float32", "bfloat16"]
Device = Literal["cpu", "cuda"]
Executor = Literal["pool", "dask"]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine profile with every `auto` decided. A recipe never names any of this."""

    name: str
    device: Device = "cpu"
    precision: Precision = "float32"
    threads: int = 1
    workers: int = 1
    """Processes that take the shards of a corpus; no result hangs on their number."""
    executor: Executor = "pool"
    compile: bool = False
    memory_bytes: int | None = None
    watts_per_core: float | None = None
    """What a busy core draws, for an estimate of energy where none can be measured."""

    def numeric_class(self) -> dict[str, str]:
        """What decides the bits of a result: torch build, device, CPU capability, precision, ...

        Read without importing torch, so that a finished run is recognised at once.
        """
        return {
            "torch": torch_build(),
            "device": self.device,
            "capability": gpu_model() if self.device == "cuda" else cpu_capability(),
            "vendor": cpu_vendor(),
            "precision": self.precision,
            "compile": "yes" if self.compile else "no",
            "threads": str(self.threads),
        }

    def described(self) -> dict[str, Any]:
        """The machine as JSON values, for a manifest."""
        return asdict(self)
