"""Fitted weights that lie in the wheel as JSON, with the digest of what they are."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from typing import Any

from tertulia.errors import ServeError
from tertulia.store.digest import canonical_json


def shipped_weights(file: str) -> Any:
    """What lies in `file` of the shipped data; raises ServeError `serve.weights-damaged`."""
    try:
        data = json.loads(resources.files("tertulia.shipped").joinpath(file).read_bytes())
        if data["sha256"] == weights_digest(data["weights"]):
            return data["weights"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise damaged_weights(file)


def damaged_weights(file: str) -> ServeError:
    """The error that tells so."""
    return ServeError(
        "serve.weights-damaged",
        "the weights by which passages are ranked and answers verified are damaged",
        where=file,
        remedy="Install tertulia again",
    )


def sealed_weights(weights: object) -> str:
    """The file that `shipped_weights` reads."""
    sealed = {"weights": weights, "sha256": weights_digest(weights)}
    return json.dumps(sealed, indent=1, ensure_ascii=False) + "\n"


def weights_digest(weights: object) -> str:
    """SHA-256 of the weights as canonical JSON."""
    return hashlib.sha256(canonical_json(weights)).hexdigest()
