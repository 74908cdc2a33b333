"""Questions written for passages of documents that are in no test part: the last thing learnt.

`questions/LANG.jsonl` names document and span of a passage and holds two questions that it answers,
one in its own language and one in another. The passages themselves are read from the corpora.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.retrieval.collections import COLLECTIONS, Source, source_documents
from scripts.sentence_model.pairs import Pair
from tertulia.serve.knowledge.chunk import passage_text
from tertulia.serve.knowledge.document import Chunk

FOLDER = Path(__file__).parent / "questions"


def question_pairs(data: Path) -> list[Pair]:
    """(question, passage) of every row, the passage as an index reads it."""
    return [pair for language in COLLECTIONS for pair in _of_language(language, data / "corpus")]


def _of_language(language: str, corpora: Path) -> Iterator[Pair]:
    lines = (FOLDER / f"{language}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    blocks = {source.name: source.kind for source in COLLECTIONS[language]}
    wanted = {row["document"] for row in rows}
    found = {}
    for name in sorted({row["source"] for row in rows}):
        source = Source(name, 0, blocks.get(name, "documents"))
        for document in source_documents(source, corpora / language / f"{name}.jsonl.zst"):
            if document.id in wanted:
                found[document.id] = document
    for row in rows:
        document = found[row["document"]]
        start, end = row["start"], row["end"]
        chunk = Chunk(ordinal=0, start=start, end=end, text=document.text[start:end])
        passage = passage_text(document.title, chunk)
        for question in (row["question"], row["cross"]["question"]):
            yield Pair("written question", question, passage, question, passage)
