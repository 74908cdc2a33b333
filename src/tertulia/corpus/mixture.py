"""In which proportion languages are trained on, and how often the texts of a source at most.

A language's share is a power of how much text it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DECIMALS = 9
"""Powers differ in the last bit between machines; what is written does not."""


def mixture_weights(sizes: Mapping[str, int], temperature: float) -> dict[str, float]:
    """Language -> probability, in proportion to bytes ** temperature; the sum is 1.

    1 keeps the proportions of the texts, 0 makes languages equal. A language without text has 0.
    """
    powers = {tag: float(size) ** temperature if size else 0.0 for tag, size in sizes.items()}
    total = sum(powers.values())
    assert total > 0, "a mixture needs text in at least one language"
    return {tag: round(power / total, _DECIMALS) for tag, power in powers.items()}


def mixture_json(
    sizes: Mapping[str, int],
    documents: Mapping[str, int],
    temperature: float,
    max_epochs: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The content of `mixture.json`, about training documents only.

    `max_epochs` is source -> how often training may read its documents; written if there is any.
    """
    return {
        "schema": 1,
        "weights": mixture_weights(sizes, temperature),
        "bytes": dict(sizes),
        "documents": dict(documents),
        **({"max_epochs": dict(sorted(max_epochs.items()))} if max_epochs else {}),
    }
