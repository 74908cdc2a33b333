"""The bounds of each signal: measured ones as shipped, with a recipe's own in their place."""

from __future__ import annotations

import tomllib
from functools import lru_cache

from tertulia.languages import LANGUAGES
from tertulia.recipe.quality_spec import SIGNALS, QualitySpec, Threshold
from tertulia.recipe.shipped import shipped_folder

PROFILES = ("documents", "sentences")
OTHER = "other"
"""Stands for every language that is not ours."""
LANGUAGE_SIGNALS = frozenset(
    {
        "mean_word_length",
        "broken_geminate_share",
        "function_words",
        "function_word_share",
        "doubled_function_word_share",
        "english_word_share",
        "neighbour_word_share",
        "calque_share",
        "accented_letter_share",
        "lix",
        "inflesz",
    }
)
"""Signals whose normal values depend on the language; the rest tell layout and repetition."""

Bounds = dict[str, Threshold]


@lru_cache(maxsize=1)
def measured_bounds() -> dict[tuple[str, str], Bounds]:
    """(language or OTHER, profile) to signal to bounds.

    A language that is not ours gets the widest bounds of the five, without LANGUAGE_SIGNALS.
    """
    found: dict[tuple[str, str], Bounds] = {}
    for tag in LANGUAGES:
        path = shipped_folder("quality") / f"{tag}.thresholds.toml"
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for profile in PROFILES:
            found[tag, profile] = {
                signal: Threshold(**bounds) for signal, bounds in tables[profile].items()
            }
    for profile in PROFILES:
        found[OTHER, profile] = {
            signal: _widest([found[tag, profile].get(signal, Threshold()) for tag in LANGUAGES])
            for signal in SIGNALS
            if signal not in LANGUAGE_SIGNALS
        }
    return found


def bounds_of(spec: QualitySpec) -> dict[tuple[str, str], Bounds]:
    """As `measured_bounds`, with the recipe's thresholds; a language's win over general ones."""
    general = {
        name: bounds
        for name, bounds in spec.thresholds.items()
        if isinstance(bounds, Threshold) and name in SIGNALS
    }
    found = {}
    for (tag, profile), measured in measured_bounds().items():
        own = spec.thresholds.get(tag, {})
        start = {} if spec.profile == "none" else measured
        found[tag, profile] = {**start, **general, **(own if isinstance(own, dict) else {})}
    return found


def _widest(thresholds: list[Threshold]) -> Threshold:
    least = [threshold.min for threshold in thresholds]
    most = [threshold.max for threshold in thresholds]
    return Threshold(
        min=None if None in least else min(value for value in least if value is not None),
        max=None if None in most else max(value for value in most if value is not None),
    )
