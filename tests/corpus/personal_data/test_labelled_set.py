"""The labelled set is what its script writes, and the development half is found as it was."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from scripts.personal_data import build
from tertulia.corpus.personal_data.find import find
from tertulia.corpus.personal_data.finding import KINDS

FOLDER = Path(__file__).parents[3] / "benchmarks" / "personal_data"


def _cases(half: str) -> list[build.Case]:
    lines = (FOLDER / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_script_writes_the_same_bytes(tmp_path: Path) -> None:
    build.main(tmp_path)
    for half in ("development", "final"):
        name = f"{half}.jsonl"
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("half", ["development", "final"])
def test_each_language_has_every_kind_and_sentences_without(half: str) -> None:
    cases = _cases(half)
    for language in build.LANGUAGES:
        own = [case for case in cases if case["language"] == language]
        assert len(own) == build.CASES // 2
        assert {span["kind"] for case in own for span in case["spans"]} == set(KINDS)
        assert sum(not case["spans"] for case in own) >= 150


def test_the_halves_share_no_template() -> None:
    halves = [
        {(case["language"], case["template"]) for case in _cases(half)}
        for half in ("development", "final")
    ]
    assert not halves[0] & halves[1]


def test_checksummed_identifiers_of_the_development_half_are_found() -> None:
    checked = {"dni", "nie", "cif", "nss", "iban", "card", "cadastral-reference"}
    seen: Counter[str] = Counter()
    for case in _cases("development"):
        right = {(s["kind"], s["start"], s["end"]) for s in case["spans"] if s["kind"] in checked}
        found = {(f.kind, f.start, f.end) for f in find(case["text"], checked)}
        seen.update(right=len(right & found), missed=len(right - found), extra=len(found - right))
    assert seen["right"] >= 0.98 * (seen["right"] + seen["missed"])
    assert seen["right"] >= 0.95 * (seen["right"] + seen["extra"])
