"""The search as a whole, on a database with documents in several languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from tertulia.errors import ServeError
from tertulia.serve import shipped_weights
from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.records import Hit
from tertulia.serve.retrieval.candidates import Candidate, Question
from tertulia.serve.retrieval.features import NAMES, features
from tertulia.serve.retrieval.fusion import fused_scores
from tertulia.serve.retrieval.rerank import FusionOrder, LogisticReranker, shipped_reranker
from tertulia.serve.retrieval.search import find_candidates, question_language, search
from tests.serve.database.filling import (
    ANA,
    BEÑAT,
    EMBEDDER,
    STRANGER,
    add_collection,
    index,
    queue,
)

TEXTS = {
    "es": [
        "La circulación de vehículos se detiene ante la luz roja del semáforo.",
        "El agua de riego se reparte por turnos entre los regantes de la acequia.",
        "El plazo de presentación de solicitudes es de veinte días hábiles.",
    ],
    "eu": [
        "Ibilgailuen zirkulazioa semaforo gorriaren aurrean gelditzen da.",
        "Eskabideak aurkezteko epea hogei egun baliodunekoa da.",
    ],
    "gl": ["O prazo de presentación de solicitudes é de vinte días hábiles."],
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    """A collection for each language."""
    opened = open_database(tmp_path / "tertulia.db")
    for language, texts in TEXTS.items():
        add_collection(opened, language)
        queue(opened, language, collection=language)
        index(opened, language, texts, language=language)
    yield opened
    opened.close()


def texts_found(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.text for hit in hits]


def test_the_passage_that_answers_comes_first(database: SqlDatabase) -> None:
    hits = search(database, EMBEDDER, "¿Cómo se reparte el agua de riego?", ["es"], ANA)
    assert hits[0].chunk.text == TEXTS["es"][1]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("embedder", [EMBEDDER, None], ids=["hybrid", "words alone"])
def test_words_of_common_origin_are_found_in_another_language(
    database: SqlDatabase, embedder: object
) -> None:
    question = "¿Cuándo se detiene la circulación?"
    hits = search(database, embedder, question, ["eu"], ANA, language="es")  # type: ignore[arg-type]
    assert hits[0].chunk.text == TEXTS["eu"][0]


def test_several_collections_are_searched_together_and_a_chunk_comes_once(
    database: SqlDatabase,
) -> None:
    hits = search(database, EMBEDDER, "plazo de solicitudes", ["es", "gl", "es"], ANA, limit=10)
    assert {TEXTS["es"][2], TEXTS["gl"][0]} <= set(texts_found(hits))
    assert len({hit.chunk_id for hit in hits}) == len(hits)


def test_limits_are_kept(database: SqlDatabase) -> None:
    assert len(search(database, EMBEDDER, "agua circulación plazo", ["es"], ANA, limit=2)) == 2


@pytest.mark.parametrize("question", ["", "   ", "?", "\0", "de la", "agua " * 5_000])
def test_any_question_is_answered_with_hits_or_none(database: SqlDatabase, question: str) -> None:
    hits = search(database, EMBEDDER, question, list(TEXTS), ANA)
    assert len(hits) <= 5


def test_who_may_not_see_a_collection_finds_nothing(database: SqlDatabase) -> None:
    for reader in (BEÑAT, STRANGER):
        assert search(database, EMBEDDER, "agua de riego", list(TEXTS), reader) == []
    assert search(database, EMBEDDER, "agua de riego", ["nowhere"], ANA) == []
    assert search(database, EMBEDDER, "agua de riego", [], ANA) == []


def test_another_models_vectors_are_not_compared(database: SqlDatabase) -> None:
    class Other(type(EMBEDDER)):  # type: ignore[misc]
        name = "another"

    with pytest.raises(ServeError) as caught:
        search(database, Other(), "agua", ["es"], ANA)
    assert caught.value.code == "serve.other-embedder"


def test_candidates_carry_both_scores(database: SqlDatabase) -> None:
    collection = database.collection("es", ANA)
    assert collection is not None
    question = Question(text="agua de riego", language="es")
    candidates = find_candidates(database, EMBEDDER, question, [collection], ANA)
    assert len(candidates) == 3
    best, *others = candidates
    assert best.hit.chunk.text == TEXTS["es"][1]
    assert best.bm25 > 0
    assert [one.bm25 for one in others] == [0.0, 0.0]
    exact = EMBEDDER.embed_passages(TEXTS["es"]) @ EMBEDDER.embed_queries(["agua de riego"])[0]
    for one in candidates:
        assert one.product == pytest.approx(float(exact[one.hit.chunk.ordinal]), abs=1e-6)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿Cuál es el plazo para presentar la solicitud?", "es"),
        ("Zein da eskabidea aurkezteko epea?", "eu"),
        ("12 34", None),
    ],
)
def test_the_language_of_a_question_is_told(question: str, language: str | None) -> None:
    assert question_language(question) == language


def test_fusion_counts_ranks_alone() -> None:
    scores = fused_scores([[1, 2, 3], [3, 1]], constant=10)
    assert scores == pytest.approx({1: 1 / 11 + 1 / 12, 2: 1 / 12, 3: 1 / 13 + 1 / 11})


def candidates(database: SqlDatabase, question: Question) -> list[Candidate]:
    collection = database.collection("es", ANA)
    assert collection is not None
    return find_candidates(database, EMBEDDER, question, [collection], ANA)


def test_features_are_shares_and_bounded(database: SqlDatabase) -> None:
    question = Question(text="agua de riego por turnos", language="es")
    rows = features(question, candidates(database, question))
    named = dict(zip(NAMES, rows[0], strict=True))
    assert named["words found"] == named["pairs found"] == named["same language"] == 1.0
    assert named["bm25 of the best"] == named["fused"] == 1.0
    assert np.isfinite(rows).all()
    assert features(question, []).shape == (0, len(NAMES))


def test_a_reranker_orders_by_its_weights(database: SqlDatabase) -> None:
    question = Question(text="agua de riego", language="es")
    found = candidates(database, question)
    weights = [0.0] * len(NAMES)
    weights[NAMES.index("words found")] = -1.0
    hits = LogisticReranker(tuple(weights), 0.0).rerank(question, found)
    assert hits[-1].chunk.text == TEXTS["es"][1]
    assert all(0 < hit.score < 1 for hit in hits)
    assert [hit.chunk_id for hit in FusionOrder().rerank(question, found)] == [
        one.hit.chunk_id for one in found
    ]


def test_shipped_weights_are_those_that_were_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(shipped_reranker().weights) == len(NAMES)
    damaged = json.dumps({"weights": {"features": list(NAMES)}, "sha256": "0"}).encode()

    class Damaged:
        def joinpath(self, name: str) -> Damaged:
            return self

        def read_bytes(self) -> bytes:
            return damaged

    shipped_reranker.cache_clear()
    monkeypatch.setattr(shipped_weights.resources, "files", lambda package: Damaged())
    with pytest.raises(ServeError) as caught:
        shipped_reranker()
    assert caught.value.code == "serve.weights-damaged"
    monkeypatch.undo()
    shipped_reranker.cache_clear()
