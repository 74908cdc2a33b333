"""DPO's reference log-probabilities in scratch: computed once, trusted only if they are intact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tertulia.store.atomic import write_text
from tertulia.train.preference_data import PreferencePair

_NAME = "reference.json"


def write_reference(
    folder: Path, pairs: Sequence[PreferencePair], reference_N2: NDArray[np.float32]
) -> None:
    """Keeps log p of the chosen and the rejected answer of each pair (N, 2)."""
    values = reference_N2.tolist()
    content = {
        "schema": 1,
        "pairs": _digest_of_pairs(pairs),
        "sha256": _digest_of_values(values),
        "log_probabilities": values,
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / _NAME, json.dumps(content) + "\n")


def read_reference(folder: Path, pairs: Sequence[PreferencePair]) -> NDArray[np.float32] | None:
    """What `write_reference` kept for these pairs; None where absent, damaged or another's."""
    try:
        content = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        values = content["log_probabilities"]
        intact = content["sha256"] == _digest_of_values(values)
        if not intact or content["pairs"] != _digest_of_pairs(pairs):
            return None
        return np.array(values, dtype=np.float32)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest_of_values(values: object) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _digest_of_pairs(pairs: Sequence[PreferencePair]) -> str:
    digest = hashlib.sha256()
    for pair in pairs:
        for answer in (pair.chosen, pair.rejected):
            digest.update(len(answer.ids).to_bytes(8, "little"))
            digest.update(answer.ids.astype("<i8").tobytes())
            digest.update(answer.answered.astype("<i8").tobytes())
    return digest.hexdigest()
