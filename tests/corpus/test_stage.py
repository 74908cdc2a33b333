"""The corpus stage: from sources to an artifact, the same every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tertulia.corpus.artifact import document_files, read_documents
from tertulia.corpus.document import COLUMNS, is_attribute, revision
from tertulia.errors import DataError, RecipeError
from tertulia.recipe.duplicates_spec import DuplicatesSpec
from tertulia.recipe.schema import Recipe
from tertulia.recipe.sources import ResolvedSource
from tertulia.recipe.stages import stage_spec
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
    assert tuple(table.column_names[: len(COLUMNS)]) == COLUMNS
    assert all(is_attribute(name) for name in table.column_names[len(COLUMNS) :])
    (document,) = table.to_pylist()
    assert document["revision"] == revision("ola") and document["text"] == "ola"
    assert document["id"].startswith("a/") and len(document["id"]) == len("a/") + 24
    assert (document["url"], document["date"], document["parent"]) == (row["url"], "1863", None)
    assert json.loads(table.schema.metadata[b"tertulia.steps"]) == {
        "normalise": 1, "opt-out": 1, "reservation": 1, "licence": 2, "language-tags": 1,
        "personal-data": 1, "language": 2, "exact-duplicates": 1, "repeated-ids": 1,
        "near-duplicates": 1,
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
    assert [step["documents_out"] for step in ledger["funnel"]] == [5, 4, 4, 4, 3, 3, 3, 2, 2, 1, 1]
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
    monkeypatch.setattr("tertulia.corpus.readers.batches.BATCH_ROWS", 7)
    split = build(source(_many(50)), held_out_fraction=0.2).path
    for part in ("train/gl.parquet", "held_out/gl.parquet"):
        assert pq.read_table(whole / part).equals(pq.read_table(split / part))


def test_nothing_is_left_in_scratch(source: Make, build: Build) -> None:
    draft = build(source(_many(5)), duplicates=DuplicatesSpec(near=0.8))
    assert list(draft.scratch.iterdir()) == []


def test_the_best_copy_stays_and_the_others_say_which_it_is(source: Make, build: Build) -> None:
    text = "Hai un texto longo que dous sitios publican, e un deles con licenza máis aberta. " * 4
    closed = source([{"text": text + "Fin.", "id": "1"}], name="closed", licence="CC-BY-SA-4.0")
    free = source([{"text": text + "Fin!", "id": "2"}, {"text": "outro", "id": "3"}], name="free")
    folder = build(closed, free, duplicates=DuplicatesSpec(near=0.8)).path
    assert _texts(folder, "train", "gl") == [text + "Fin!", "outro"]
    (kept,) = pq.read_table(folder / "train" / "gl.parquet").slice(0, 1)["id"].to_pylist()
    (dropped,) = pq.read_table(folder / "dropped.parquet").to_pylist()
    assert (dropped["reason"], dropped["kept_by"]) == ("near-duplicate", kept)
    members = pq.read_table(folder / "clusters.parquet").to_pylist()
    assert [(row["cluster"], row["kept"]) for row in members] == [(kept, False), (kept, True)]
    assert members[0]["similarity"] > 0.8


def test_lines_of_many_documents_are_taken_out_before_copies_are_looked_for(
    source: Make, build: Build
) -> None:
    menu = "Inicio | Contacto | Aviso legal | Mapa do sitio"
    rows = [{"text": f"{menu}\nNoticia número {n % 4} da vila", "id": str(n)} for n in range(8)]
    draft = build(source(rows), duplicates=DuplicatesSpec(near=0, lines=3))
    assert _texts(draft.path, "train", "gl") == [f"Noticia número {n} da vila" for n in range(4)]
    assert draft.drops == {"duplicate": 4}
    table = pq.read_table(draft.path / "train" / "gl.parquet")
    assert set(table["lines.removed"].to_pylist()) == {len(menu) + 1}


def test_a_threshold_is_no_matter_for_the_documents_stage() -> None:
    """The longest work is not done again when a bound changes."""
    strict, lenient = (
        stage_spec(_recipe(quality={"thresholds": {"words": {"min": least}}}), "documents")
        for least in (10, 100)
    )
    assert strict == lenient


def _recipe(**corpus: object) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "r",
            "languages": ["gl"],
            "corpus": {"sources": ["a"], **corpus},
            "pretrain": {"tokens": 4096},
        }
    )


def test_bounds_of_a_source_that_is_not_there_are_refused(source: Make, build: Build) -> None:
    with pytest.raises(RecipeError) as caught:
        build(source(_many(5), name="wiki"), max_epochs={"wikki": 2.0})
    assert caught.value.code == "recipe.no-such-source" and "wiki" in str(caught.value.remedy)
