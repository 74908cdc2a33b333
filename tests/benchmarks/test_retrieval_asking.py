"""What counts as a hit, and which questions share few words with their passage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.retrieval import asking
from benchmarks.retrieval.asking import Gold, asked_questions, overlap
from tertulia.serve.knowledge.document import Chunk

GOLD = Gold("es-1", "law", 100, 200, "dev")


@pytest.mark.parametrize(
    ("start", "end", "hit"),
    [
        (100, 200, True),
        (0, 1_000, True),
        (150, 160, True),
        (150, 350, True),
        (151, 351, False),
        (0, 149, False),
        (300, 400, False),
    ],
)
def test_a_hit_overlaps_by_half_of_the_shorter(start: int, end: int, hit: bool) -> None:
    passage = Chunk(ordinal=0, start=start, end=end, text="")
    assert GOLD.found_in("law", passage) == hit
    assert not GOLD.found_in("another", passage)


def test_overlap_counts_content_words_by_their_beginning() -> None:
    assert overlap("¿Cuál es el plazo?", "Los plazos son estos", "es") == 1.0
    assert overlap("¿Quién riega la huerta?", "Se siembran los campos", "es") == 0.0
    assert overlap("plazo agua", "el plazo", "es") == 0.5


def test_only_questions_of_the_part_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = [
        {"passage": f"es-{part}", "document": part, "start": 0, "end": 8, "part": part}
        for part in ("dev", "test")
    ]
    questions = [
        {
            "passage": row["passage"],
            "question": "¿Qué plazo hay?",
            "cross": {"language": "eu", "question": "Zein da epea?"},
        }
        for row in passages
    ]
    for name, rows in (("passages-es", passages), ("es", questions)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    monkeypatch.setattr(asking, "QUESTIONS", tmp_path)
    same, cross = asked_questions("es", {"dev": "El plazo.", "test": "El plazo."}, "dev")
    assert (same.gold.document, same.cross, same.question.language) == ("dev", False, "es")
    assert not same.low_overlap
    assert (cross.collection, cross.cross, cross.question.language) == ("es", True, "eu")
