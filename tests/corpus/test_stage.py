"""The corpus stage: from sources to an artifact, the same every time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tertulia.corpus.artifact import document_files, read_documents
from tertulia.corpus.document import COLUMNS, revision
from tertulia.errors import DataError
from tertulia.recipe.sources import ResolvedSource
from tertulia.store.draft import Draft

Make = Callable[..., ResolvedSource]
Build = Callable[..., Draft]


def _texts(folder: Path, split: str, language: str) -> list[str]:
    batches = read_documents(folder, split, language, ["text"])
    return [text for batch in batches for text in batch.column("text").to_pylist()]


def _many(count: int, language: str = "gl") -> list[dict[str, str]]:
    return [
        {"text": f"{language} número {i}", "id": str(i), "language": language} for i in range(count)
    ]


def test_documents_land_in_the_file_of_their_split_and_language(source: Make, build: Build) -> None:
    rows = [
        {"text": "hola", "language": "es-AR"},
        {"text": "bon dia", "language": "ca"},
        {"text": "bon dia, xiquets", "language": "ca-valencia"},
        {"text": "adéu", "language": "ca", "split": "held_out"},
        {"text": "ara", "language": "ca", "split": "unseen"},
    ]
    folder = build(source(rows), languages=("es", "ca", "ca-valencia")).path
    assert list(document_files(folder, "train")) == ["ca", "ca-valencia", "es"]
    assert list(document_files(folder, "held_out")) == ["ca"]
    assert _texts(folder, "unseen", "ca") == ["ara"]
    assert pq.read_table(folder / "train" / "es.parquet")["language"].to_pylist() == ["es-AR"]


def test_a_file_has_the_columns_of_the_contract_and_the_versions_of_steps(
    source: Make, build: Build
) -> None:
    row = {"text": "ola \r\n", "id": "7", "url": "https://exemplo.gal", "date": "1863"}
    folder = build(source([row])).path
    table = pq.read_table(folder / "train" / "gl.parquet")
    assert tuple(table.column_names) == COLUMNS
    (document,) = table.to_pylist()
    assert document["revision"] == revision("ola") and document["text"] == "ola"
    assert document["id"].startswith("a/") and len(document["id"]) == len("a/") + 24
    assert (document["url"], document["date"], document["parent"]) == (row["url"], "1863", None)
    assert json.loads(table.schema.metadata[b"tertulia.steps"]) == {
        "normalise": 1, "licence": 1, "language": 1, "exact-duplicates": 1, "repeated-ids": 1,
    }  # fmt: skip


def test_an_id_stays_when_cleaning_changes_the_text(source: Make, build: Build) -> None:
    def document(text: str) -> dict[str, str]:
        folder = build(source([{"text": text, "id": "7"}])).path
        return pq.read_table(folder / "train" / "gl.parquet").to_pylist()[0]

    before, after = document("ola"), document("ola, mundo")
    assert before["id"] == after["id"]
    assert before["revision"] != after["revision"]


def test_order_is_that_of_sources_and_rows(source: Make, build: Build) -> None:
    second = source([{"text": "b2"}, {"text": "b1"}], name="b")
    first = source([{"text": "a2"}, {"text": "a1"}], name="a")
    assert _texts(build(second, first).path, "train", "gl") == ["b2", "b1", "a2", "a1"]


def test_what_is_measured_is_never_trained_on(source: Make, build: Build) -> None:
    train = source([{"text": "segredo  \n"}, {"text": "aberto"}], name="a")
    held = source([{"text": "segredo"}], name="b", split="held_out")
    draft = build(train, held)
    assert _texts(draft.path, "train", "gl") == ["aberto"]
    assert _texts(draft.path, "held_out", "gl") == ["segredo"]
    assert draft.drops == {"in-held-out": 1}


def test_a_language_without_held_out_documents_gets_some(source: Make, build: Build) -> None:
    draft = build(source(_many(400)), held_out_fraction=0.1)
    train, held = (_texts(draft.path, split, "gl") for split in ("train", "held_out"))
    assert 20 <= len(held) <= 60
    assert sorted(train + held) == sorted(row["text"] for row in _many(400))


def test_the_ledger_accounts_for_every_document(source: Make, build: Build) -> None:
    rows = [
        {"text": "un"}, {"text": "un"}, {"text": " "}, {"text": "x", "language": "en"},
        {"text": "dous", "licence": "unknown"},
    ]  # fmt: skip
    draft = build(source(rows))
    ledger = json.loads((draft.path / "ledger.json").read_text("utf-8"))
    assert {(d["step"], d["reason"], d["documents"]) for d in ledger["drops"]} == {
        ("normalise", "empty", 1),
        ("licence", "licence-unknown", 1),
        ("language", "language-not-wanted", 1),
        ("exact-duplicates", "duplicate", 1),
    }
    assert [step["documents_out"] for step in ledger["funnel"]] == [5, 4, 3, 2, 1, 1]
    assert draft.counts["documents_in"] == 5 and draft.counts["documents"] == 1
    assert sum(draft.drops.values()) == 4


def test_the_mixture_weighs_training_documents(source: Make, build: Build) -> None:
    rows = [*_many(90, "es"), *_many(10, "gl"), {"text": "x" * 9999, "split": "held_out"}]
    draft = build(source(rows), languages=("es", "gl"), temperature=0.0)
    mixture = json.loads((draft.path / "mixture.json").read_text("utf-8"))
    assert mixture["weights"] == {"es": 0.5, "gl": 0.5}
    assert mixture["documents"] == {"es": 90, "gl": 10}
    assert mixture["bytes"]["gl"] == sum(len(row["text"].encode()) for row in _many(10, "gl"))


@pytest.mark.parametrize("rows", [[], [{"text": " "}], [{"text": "x", "language": "en"}]])
def test_an_empty_corpus_is_an_error(
    source: Make, build: Build, rows: list[dict[str, str]]
) -> None:
    with pytest.raises(DataError) as caught:
        build(source(rows))
    assert caught.value.code == "corpus.empty"


def test_a_language_of_the_recipe_without_text_is_an_error(source: Make, build: Build) -> None:
    with pytest.raises(DataError) as caught:
        build(source(_many(3)), languages=("gl", "eu"))
    assert caught.value.code == "corpus.empty" and "'eu'" in str(caught.value)


def test_a_source_without_a_readable_file_is_an_error(tmp_path: Path, build: Build) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(DataError) as caught:
        build(ResolvedSource(name="papers", path=tmp_path / "papers"))
    assert caught.value.code == "corpus.empty"


def test_a_step_that_drops_too_much_stops_the_run(source: Make, build: Build) -> None:
    with pytest.raises(DataError) as caught:
        build(source([{"text": "igual"}] * 4), max_drop_fraction=0.5)
    assert caught.value.code == "corpus.dropped-too-much"


def test_batches_do_not_show_in_the_documents(
    source: Make, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = build(source(_many(50)), held_out_fraction=0.2).path
    monkeypatch.setattr("tertulia.corpus.readers.BATCH_ROWS", 7)
    split = build(source(_many(50)), held_out_fraction=0.2).path
    for part in ("train/gl.parquet", "held_out/gl.parquet"):
        assert pq.read_table(whole / part).equals(pq.read_table(split / part))


def test_what_an_interrupted_run_left_in_scratch_is_not_mixed_in(
    source: Make, build: Build
) -> None:
    draft = build(source(_many(5)), left_in_scratch={"parts/000001.parquet": b"half a file"})
    assert len(_texts(draft.path, "train", "gl")) == 5
    assert list(draft.scratch.iterdir()) == []


_SCRIPT = """
import sys
from pathlib import Path
from tertulia.compute.machine import Machine
from tertulia.corpus.stage import run
from tertulia.recipe.schema import CorpusSpec
from tertulia.recipe.sources import ResolvedSource
from tertulia.recipe.stages import CorpusStage
from tertulia.store.draft import Draft
source, folder = Path(sys.argv[1]), Path(sys.argv[2])
draft = Draft(path=folder / "p", scratch=folder / "s")
draft.path.mkdir(parents=True), draft.scratch.mkdir()
spec = CorpusStage(languages=("gl", "es"), seed=0, corpus=CorpusSpec(sources=("s",)))
resolved = ResolvedSource(name="s", path=source, licence="CC0-1.0")
run(spec, {"source:s": resolved}, draft, Machine(name="test", threads=int(sys.argv[3])))
"""


def test_bytes_are_the_same_whatever_the_threads(tmp_path: Path) -> None:
    rows = [*_many(3000, "gl"), *_many(3000, "es"), *_many(500, "gl")]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    digests = []
    for number, threads in enumerate(("1", "2", "2")):
        folder = tmp_path / str(number)
        environment = {
            **os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "POLARS_MAX_THREADS": threads,
        }  # fmt: skip
        command = [sys.executable, "-c", _SCRIPT, str(path), str(folder), threads]
        subprocess.run(command, check=True, env=environment)
        files = sorted(p for p in (folder / "p").rglob("*") if p.is_file())
        digests.append([hashlib.sha256(p.read_bytes()).hexdigest() for p in files])
    assert len(digests[0]) == 6
    assert digests[0] == digests[1] == digests[2]
