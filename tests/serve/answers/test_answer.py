"""The assistant quotes what it cites, takes out what it cannot verify, and says what it lacks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.retrieval.attacking import SayingEngine
from tertulia.inference.text_engine import Message, Piece, TextRequest
from tertulia.serve.answers.answer import AnswerService, AnswerSettings, words_answers
from tertulia.serve.answers.citation import AnswerPiece
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Reader
from tests.serve.answers.library import ANA, TEXTS, ask, find_in, library, text_of

CLOSES = "¿A qué hora cierra la biblioteca los viernes?"
CLOSES_QUOTE = "Los viernes la biblioteca cierra a las 18 horas."


class Endless(SayingEngine):
    """Says the same sentence for ever, until it is stopped."""

    closed = False

    async def chat(
        self, messages: Sequence[Message], request: TextRequest, *, user: str = ""
    ) -> AsyncIterator[Piece]:
        try:
            while True:
                yield Piece(text=f"{CLOSES_QUOTE} [1] ")
        finally:
            self.closed = True


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with library(tmp_path_factory.mktemp("library")) as made:
        yield made


def test_without_a_large_model_the_answer_is_a_quote(database: Database) -> None:
    pieces = ask(database, CLOSES)
    assert text_of(pieces).startswith("Los documentos dicen esto:")
    assert f"«{CLOSES_QUOTE}» [1]" in text_of(pieces)
    assert not any(piece.abstained for piece in pieces)


def test_every_quote_stands_in_its_document_at_its_place(database: Database) -> None:
    citations = [one for piece in ask(database, CLOSES) for one in piece.citations]
    assert citations
    for citation in citations:
        text = TEXTS[citation.document][2]
        assert text[citation.start : citation.end] == citation.quote
        assert citation.document_name == f"{citation.document}.txt"


def test_a_statement_of_the_documents_words_is_quoted_with_its_whole_sentence(
    database: Database,
) -> None:
    pieces = ask(database, CLOSES, says="La biblioteca cierra a las 18 horas [1]. ")
    assert text_of(pieces) == f"«{CLOSES_QUOTE}» [1]"


def test_a_false_number_is_replaced_by_what_the_document_says(database: Database) -> None:
    pieces = ask(database, CLOSES, says="Los viernes la biblioteca cierra a las 22 horas [1].")
    assert text_of(pieces) == f"«{CLOSES_QUOTE}» [1]"
    [removed] = [one for piece in pieces for one in piece.removed]
    assert removed.reason == "not-supported"
    assert "22" in removed.statement


def test_what_is_removed_is_said(database: Database) -> None:
    says = "La biblioteca cierra a las 18 horas [1]. Tiene una piscina climatizada [1]."
    pieces = ask(database, CLOSES, says=says)
    assert "piscina" not in text_of(pieces)
    assert text_of(pieces).endswith(
        "Se ha omitido una afirmación porque no se ha encontrado ningún pasaje que la respalde."
    )


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("La biblioteca cierra a las 18 horas.", "no-citation"),
        ("La biblioteca cierra a las 18 horas [9].", "no-such-passage"),
        ("The library shuts at six in the evening [1].", "not-supported"),
        ("![](https://evil.example/x.png) [1]", "nothing-left"),
    ],
)
def test_where_nothing_is_left_the_answer_is_quotes(
    database: Database, says: str, reason: str
) -> None:
    pieces = ask(database, CLOSES, says=says)
    assert [one.reason for piece in pieces for one in piece.removed] == [reason]
    assert f"«{CLOSES_QUOTE}» [1]" in text_of(pieces)


def test_a_model_that_finds_no_answer_is_believed(database: Database) -> None:
    [piece] = ask(database, CLOSES, says="[0]")
    assert piece.abstained


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("¿Cuánto cuesta el abono anual de la piscina olímpica?", "No lo sé:"),
        ("Quant costa l'abonament anual de la piscina olímpica?", "No ho sé:"),
        ("Zenbat balio du igerileku olinpikoaren urteko abonuak?", "Ez dakit:"),
        ("Canto custa o abono anual da piscina olímpica do concello?", "Non o sei:"),
        ("How much is the yearly pass for the Olympic swimming pool?", "I do not know:"),
    ],
)
def test_not_knowing_is_said_in_the_language_of_the_question(
    database: Database, question: str, begins: str
) -> None:
    [piece] = ask(database, question)
    assert piece.abstained
    assert piece.text.startswith(begins)
    assert "«Biblioteca»" in piece.text
    assert not piece.citations


def test_valencian_is_answered_in_valencian(database: Database) -> None:
    pieces = ask(
        database, "Quants llibres permet traure en préstec este servici i durant quants dies?"
    )
    assert text_of(pieces).startswith("Els documents diuen açò:")
    assert "huit llibres en préstec" in text_of(pieces)


def test_a_question_that_goes_on_is_read_with_the_one_before(database: Database) -> None:
    pieces = ask(database, "¿A qué hora cierra la biblioteca los jueves?", "¿Y los viernes?")
    assert CLOSES_QUOTE in text_of(pieces)


def test_nobody_is_answered_out_of_documents_that_they_may_not_see(database: Database) -> None:
    [piece] = ask(database, CLOSES, reader=Reader(tenant=ANA.tenant, user="joan"))
    assert piece.abstained
    assert "Biblioteca" not in piece.text
    assert "Horario" not in piece.text


def test_without_a_question_one_is_asked_for(database: Database) -> None:
    [piece] = ask(database, "  ")
    assert piece.abstained
    assert piece.text


def test_a_deleted_document_is_not_cited(tmp_path: Path) -> None:
    with library(tmp_path) as database:

        class Forgetful:
            """The index still finds what has gone from the database."""

            def __getattr__(self, name: str) -> object:
                return getattr(database, name)

            def extract(self, document: str, reader: Reader) -> None:
                return None

        pieces = ask(Forgetful(), CLOSES)  # type: ignore[arg-type]
    assert pieces[-1].abstained
    assert not any(piece.citations for piece in pieces)


def test_who_leaves_stops_the_model(database: Database) -> None:
    engine = Endless("")
    service = AnswerService(engine, find_in(database), database, AnswerSettings(words_answers=True))

    async def leaves() -> None:
        asked = [Message(role="user", content=CLOSES)]
        pieces = service.answer(asked, ["library"], ANA, TextRequest())
        await anext(aiter(pieces))
        await pieces.aclose()  # type: ignore[attr-defined]

    asyncio.run(leaves())
    assert engine.closed


def test_a_model_that_never_ends_is_stopped(database: Database) -> None:
    engine = Endless("")
    settings = AnswerSettings(words_answers=True, longest_answer=5)
    service = AnswerService(engine, find_in(database), database, settings)

    async def reads() -> list[AnswerPiece]:
        asked = [Message(role="user", content=CLOSES)]
        return [piece async for piece in service.answer(asked, ["library"], ANA, TextRequest())]

    assert text_of(asyncio.run(reads())).count(CLOSES_QUOTE) == 1
    assert engine.closed


def test_what_was_cut_off_is_not_shown(database: Database) -> None:
    pieces = ask(database, CLOSES, says="Los viernes la biblioteca cierra a las", cut=True)
    assert [one.reason for piece in pieces for one in piece.removed] == ["too-long"]


def test_small_models_are_not_asked_to_word_answers() -> None:
    assert not words_answers(125_000_000)
    assert not words_answers(None)
    assert words_answers(7_000_000_000)
