"""Computing a record again: the same number must come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tertulia.campaign.calculation import Result
from tertulia.campaign.calculators import Calculators
from tertulia.campaign.result_store import ResultStore, read_record
from tertulia.errors import DataError

TOLERANCE = 1e-6
"""Relative; another processor rounds otherwise, and an optimisation carries that on."""


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """A record beside what the same calculation gave now."""

    key: str
    verdict: Literal["identical", "equal", "different"]
    """`equal`: the same outcome, and no number further away than the tolerance."""
    kept: Result
    now: Result
    largest: float
    """Largest relative difference between two numbers."""
    libraries: Mapping[str, tuple[str, str]]
    """Libraries of other versions than the record's: name -> (then, now)."""


def records(store: ResultStore, prefixes: Sequence[str]) -> list[Result]:
    """The records whose keys begin so; raises DataError `campaign.no-record`."""
    return [_record(store, prefix) for prefix in prefixes]


def reproduce(
    kept: Sequence[Result], installed: Mapping[str, str], workers: Calculators
) -> list[Reproduction]:
    """Computes records again, with the libraries that are installed."""
    found: dict[str, Result] = {}
    for record in kept:
        workers.submit(record.calculation)
    while workers.busy:
        for result in workers.finished():
            found[result.calculation.key] = result
    return [_compared(record, found[record.calculation.key], installed) for record in kept]


def _record(store: ResultStore, prefix: str) -> Result:
    paths = store.paths(prefix) if prefix.isalnum() else []
    if len(paths) != 1:
        what = "more than one record" if len(paths) > 1 else "no record"
        raise DataError(
            "campaign.no-record",
            f"{what} of a calculation has a key that begins with '{prefix[:64]}'",
            where=str(store.folder),
            remedy="Give the key as the dossier shows it, or more of it",
        )
    return read_record(paths[0])


def _compared(kept: Result, now: Result, installed: Mapping[str, str]) -> Reproduction:
    largest = _largest(kept.values, now.values)
    same = (kept.status, kept.reason) == (now.status, now.reason)
    verdict: Literal["identical", "equal", "different"] = "different"
    if kept.digest == now.digest:
        verdict = "identical"
    elif same and largest <= TOLERANCE:
        verdict = "equal"
    then = kept.calculation.libraries
    return Reproduction(
        key=kept.calculation.key,
        verdict=verdict,
        kept=kept,
        now=now,
        largest=largest,
        libraries={
            name: (version, installed.get(name, "none"))
            for name, version in then.items()
            if installed.get(name) != version
        },
    )


def _largest(kept: Any, now: Any) -> float:
    """Largest relative difference of two JSON values; infinite where their shapes differ."""
    if isinstance(kept, bool) or isinstance(now, bool) or kept is None or now is None:
        return 0.0 if kept is now else float("inf")
    if isinstance(kept, int | float) and isinstance(now, int | float):
        return abs(kept - now) / max(abs(kept), abs(now), 1.0)
    if isinstance(kept, Mapping) and isinstance(now, Mapping) and kept.keys() == now.keys():
        return max((_largest(kept[name], now[name]) for name in kept), default=0.0)
    if isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        return max(map(_largest, kept, now), default=0.0)
    if isinstance(kept, str) and isinstance(now, str):
        return _largest_of_texts(kept, now)
    return float("inf")


def _largest_of_texts(kept: str, now: str) -> float:
    """The same for texts that hold numbers, such as geometries."""
    words, others = kept.split(), now.split()
    if kept == now:
        return 0.0
    if len(words) != len(others):
        return float("inf")
    return max(_of_words(*pair) for pair in zip(words, others, strict=True))


def _of_words(word: str, other: str) -> float:
    if word == other:
        return 0.0
    try:
        return _largest(float(word), float(other))
    except ValueError:
        return float("inf")
