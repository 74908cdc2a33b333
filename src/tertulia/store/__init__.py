"""What happened: artifacts with their manifests, keys and digests, whole or not there at all."""

from __future__ import annotations

from tertulia.store.digest import payload_digest, stage_key
from tertulia.store.draft import Draft
from tertulia.store.find import latest_artifacts, newest_run
from tertulia.store.manifest import Manifest, read_manifest
from tertulia.store.run import Artifact, RunFolder

__all__ = [
    "Artifact",
    "Draft",
    "Manifest",
    "RunFolder",
    "latest_artifacts",
    "newest_run",
    "payload_digest",
    "read_manifest",
    "stage_key",
]
