"""An artifact while its stage writes it: a payload that appears whole or not at all.

`path` is the payload folder; what lies in it when the stage returns is the artifact. `scratch`
survives a kill and a restart, and is deleted when the artifact is sealed: checkpoints live there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PARTIAL = ".partial"
"""How the folder of an artifact that is being built ends."""


@dataclass(kw_only=True)
class Draft:
    """What a stage's `run` receives as `out`."""

    path: Path
    """Empty on entry, whatever an interrupted run had left."""
    scratch: Path
    """Kept between attempts at the same key."""
    counts: dict[str, int] = field(default_factory=dict)
    """Things in and out, for the manifest: `documents_in`, `tokens`, ..."""
    drops: dict[str, int] = field(default_factory=dict)
    """Reason code -> how many were dropped."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Other JSON values worth recording in the manifest; not part of the digest."""
    watch: tuple[str, ...] = ()
    """Who else is to watch the stage at work, such as `tensorboard`; it changes no result."""

    def beside(self, kind: str) -> Path:
        """`runs/NAME/KIND/STAGE-KEY16`, for what a stage tells its watchers: part of no artifact.

        Every attempt at the same key gets the same path. Nothing is made there yet.
        """
        return self.path.parent / kind / self.path.name.removesuffix(PARTIAL)
