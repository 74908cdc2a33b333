"""A collection about a public library, and an assistant whose model says what a test tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.retrieval.answering import NoVectors
from benchmarks.retrieval.attacking import SayingEngine
from tertulia.inference.text_engine import Message, TextRequest
from tertulia.serve.answers.answer import AnswerService, AnswerSettings, Search
from tertulia.serve.answers.citation import AnswerPiece
from tertulia.serve.database.database import Database
from tertulia.serve.database.open_database import open_database
from tertulia.serve.database.records import Collection, Document, Hit, Indexed, Reader
from tertulia.serve.knowledge.chunk import chunk
from tertulia.serve.knowledge.document import Extract
from tertulia.serve.retrieval.search import search

ANA = Reader(tenant="ajuntament", user="ana")
TEXTS = {
    "hours": (
        "es",
        "Horario",
        "La biblioteca municipal abre de lunes a jueves de nueve a veintiuna horas.\n"
        "Los viernes la biblioteca cierra a las 18 horas.\n"
        "Los sábados solo abre la sala de estudio.",
    ),
    "cards": (
        "es",
        "Carné",
        "El carné de la biblioteca es gratuito para las personas empadronadas.\n"
        "El carné se renueva cada cinco años y cuesta 4,50 euros a quien lo pierde.",
    ),
    "loans": (
        "ca-valencia",
        "Préstec",
        "Este servici permet traure huit llibres en préstec durant vint dies.\n"
        "Qui torne els llibres tard no podrà traure'n més durant una setmana.",
    ),
}


@contextmanager
def library(folder: Path) -> Iterator[Database]:
    """The documents, indexed without vectors."""
    database, embedder = open_database(folder / "library.db"), NoVectors()
    database.add_collection(
        Collection(
            id="library",
            tenant=ANA.tenant,
            owner=ANA.user,
            name="Biblioteca",
            created=0,
            embedder=embedder.name,
        )
    )
    for name, (language, title, text) in TEXTS.items():
        extract = Extract(text=text, title=title, language=language)
        document = Document(
            id=name,
            collection="library",
            file="",
            name=f"{name}.txt",
            sha256=name,
            state="queued",
            created=0,
        )
        database.add_document(document)
        chunks = chunk(extract)
        vectors = embedder.embed_passages([one.text for one in chunks])
        database.store_index(name, Indexed(extract=extract, chunks=chunks), vectors)
    try:
        yield database
    finally:
        database.close()


def find_in(database: Database) -> Search:
    """The search over the collection, by words alone."""

    def find(question: str, collections: Sequence[str], reader: Reader, *, limit: int) -> list[Hit]:
        return search(database, None, question, collections, reader, limit=limit)

    return find


def ask(
    database: Database,
    *turns: str,
    says: str | None = None,
    cut: bool = False,
    reader: Reader = ANA,
) -> list[AnswerPiece]:
    """The pieces of the answer to the last of a user's turns; `says` is what the model writes."""
    engine = SayingEngine(says or "", finish="length" if cut else "stop")
    settings = AnswerSettings(words_answers=says is not None)
    service = AnswerService(engine, find_in(database), database, settings)
    messages = [Message(role="user", content=turn) for turn in turns]

    async def gathered() -> list[AnswerPiece]:
        return [
            piece async for piece in service.answer(messages, ["library"], reader, TextRequest())
        ]

    return asyncio.run(gathered())


def text_of(pieces: Sequence[AnswerPiece]) -> str:
    """The whole answer."""
    return "".join(piece.text for piece in pieces)
