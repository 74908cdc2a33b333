"""All that decides an artifact, its key, and the manifest that is written from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tertulia.store.attempts import Attempt
from tertulia.store.digest import digest_of, payload_files, stage_key
from tertulia.store.draft import Draft
from tertulia.store.manifest import Attempts, Energy, Manifest
from tertulia.store.versions import code_version, library_versions


@dataclass(frozen=True, kw_only=True)
class MadeFrom:
    """What an artifact is made from; two that agree in all of this have one key."""

    stage: str
    version: str
    inputs: Mapping[str, str]
    """Upstream stage or `source:NAME` -> digest."""
    parameters: Mapping[str, Any]
    numeric_class: Mapping[str, str] | None
    """None where the result does not depend on the machine."""

    @cached_property
    def key(self) -> str:
        """SHA-256 of the canonical JSON of it all, as 64 hex digits."""
        return stage_key(
            stage=self.stage,
            version=self.version,
            inputs=self.inputs,
            parameters=self.parameters,
            numeric_class=self.numeric_class,
        )


def manifest_of(
    draft: Draft,
    made_from: MadeFrom,
    attempt: Attempt,
    *,
    machine: Mapping[str, Any],
    seeds: Mapping[str, int],
) -> Manifest:
    """The manifest of a draft whose payload is complete.

    Raises StoreError `store.odd-file`, and RuntimeError where the stage left no payload, which is
    no user's fault.
    """
    files = payload_files(draft.path)
    if not files:
        raise RuntimeError(f"the stage {made_from.stage} returned without a payload")
    total = attempt.total
    return Manifest(
        stage=made_from.stage,
        key=made_from.key,
        digest=digest_of(files),
        inputs=dict(made_from.inputs),
        parameters=dict(made_from.parameters),
        stage_version=made_from.version,
        code_version=code_version(),
        library_versions=library_versions(),
        machine=dict(machine),
        numeric_class=None if made_from.numeric_class is None else dict(made_from.numeric_class),
        seeds=dict(seeds),
        counts={name: int(count) for name, count in draft.counts.items()},
        drops={reason: int(count) for reason, count in draft.drops.items()},
        facts=dict(draft.facts),
        started=attempt.started,
        ended=attempt.ended,
        wall_seconds=total.wall_seconds,
        cpu_seconds=total.cpu_seconds,
        energy=Energy(joules=total.joules, basis=total.basis),
        attempts=Attempts(begun=total.begun, unmeasured=total.unmeasured),
        files=tuple(files),
    )
