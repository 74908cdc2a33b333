"""One document's way through the steps, from its source to its place or its drop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tertulia.corpus.browse import (
    BuiltCorpus,
    cluster_of,
    document_named,
    drops_of,
    place_of,
    read_from,
    segments_of,
)

_ORIGIN = ("source", "url", "licence", "language", "date", "parent")


def explain(built: BuiltCorpus, name: str) -> dict[str, Any]:
    """What became of the document `name` (an id, or the beginning of one).

    `id`; `origin` (source, url, licence, …); `steps`, each with `step`, `outcome` (`passed`,
    `dropped`, `not-reached`), `attributes`, and for a drop `reason`, `settings`, `kept_by`;
    `attributes` of no step in the ledger;
    `cluster`; `segments`; `result` with split, language and file, or null.
    Raises DataError `corpus.no-such-document`.
    """
    full = document_named(built, name)
    row = read_from(built, full)
    drops = {drop["step"]: drop for drop in drops_of(built, full)}
    place = place_of(built, full)
    first = next(iter(drops.values()), None)
    origin = row or {**(first or {}), "licence": None}
    segments = segments_of(built, full)
    # Of a document that was cut up, the way is that of its segments.
    known = row is not None or drops or not segments
    steps = _steps(built, row or {}, drops, kept=place is not None) if known else []
    return {
        "id": full,
        "origin": {key: origin.get(key) for key in _ORIGIN},
        "steps": steps,
        "attributes": _measured_elsewhere(row or {}, steps),
        "cluster": cluster_of(built, full),
        "segments": segments,
        "result": (
            None
            if place is None
            else {
                "split": place[0],
                "language": place[1],
                "file": place[2].relative_to(built.corpus).as_posix(),
            }
        ),
    }


def _steps(
    built: BuiltCorpus, row: Mapping[str, Any], drops: Mapping[str, dict[str, Any]], *, kept: bool
) -> list[dict[str, Any]]:
    """The steps of the funnel; after a drop nothing is reached, unless a namesake was kept."""
    funnel = json.loads((built.corpus / "ledger.json").read_bytes())["funnel"]
    settings = _settings(built)
    result: list[dict[str, Any]] = []
    dropped = False
    for step in (stage["step"] for stage in funnel):
        entry: dict[str, Any] = {"step": step, "outcome": "passed", "attributes": {}}
        if dropped and not kept:
            entry["outcome"] = "not-reached"
        else:
            entry["attributes"] = _measured(row, step)
        if step in drops:
            drop, topic, dropped = drops[step], _topic(step), True
            entry |= {"outcome": "dropped", "reason": drop["reason"], "kept_by": drop["kept_by"]}
            entry |= {"settings": settings.get(topic, {}), "attributes": _measured(row, topic)}
        result.append(entry)
    return result


def _measured(row: Mapping[str, Any], topic: str) -> dict[str, Any]:
    return {
        key: value
        for key, value in row.items()
        if key.startswith(f"{topic}.") and value is not None
    }


def _measured_elsewhere(row: Mapping[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Attributes whose step the ledger does not name: nothing that is known is kept back."""
    told = tuple(f"{_topic(step['step'])}." for step in steps)
    return {
        key: value
        for key, value in row.items()
        if "." in key and value is not None and not key.startswith(told)
    }


def _topic(step: str) -> str:
    """What a deciding step decides about: the attributes and the settings of that name."""
    return step.removesuffix("-decision")


def _settings(built: BuiltCorpus) -> dict[str, dict[str, Any]]:
    """Topic -> the recipe's settings for it, from the manifest of the corpus."""
    try:
        manifest = json.loads((built.corpus / "manifest.json").read_bytes())
        corpus = manifest["parameters"]["corpus"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    tables = {key: value for key, value in corpus.items() if isinstance(value, dict)}
    found = {key.replace("_", "-"): value for key, value in tables.items()}
    duplicates = dict.fromkeys(("near-duplicates", "exact-duplicates"), "duplicates")
    policy = dict.fromkeys(("licence", "opt-out", "reservation"), "policy")
    return found | {step: found.get(table, {}) for step, table in (duplicates | policy).items()}
