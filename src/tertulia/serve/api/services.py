"""What the API answers with: models, the database, the originals, the search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, Request

from tertulia.errors import ServeError
from tertulia.inference.embedder import Embedder
from tertulia.inference.text_engine import Message, TextEngine, TextRequest
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Hit, Reader
from tertulia.serve.knowledge.originals import Originals
from tertulia.serve.limits import Limits


class Search(Protocol):
    """Finds passages that the reader may see; see serve/retrieval/search.py."""

    def __call__(
        self, question: str, collections: Sequence[str], reader: Reader, *, limit: int
    ) -> list[Hit]: ...


class Citation(Protocol):
    """A statement of an answer and the span that supports it."""

    @property
    def statement(self) -> str: ...
    @property
    def quote(self) -> str: ...
    @property
    def document(self) -> str: ...
    @property
    def document_name(self) -> str: ...
    @property
    def page(self) -> int | None: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Removed(Protocol):
    """A statement that was taken out, and why."""

    @property
    def statement(self) -> str: ...
    @property
    def reason(self) -> str: ...


class AnswerPiece(Protocol):
    """A piece of an answer out of documents; what it cites comes with it."""

    @property
    def text(self) -> str: ...
    @property
    def citations(self) -> Sequence[Citation]: ...
    @property
    def removed(self) -> Sequence[Removed]: ...
    @property
    def abstained(self) -> bool: ...


class AnswerService(Protocol):
    """Answers out of documents, or says that it does not know; see serve/answers/answer.py."""

    def answer(
        self,
        messages: Sequence[Message],
        collections: Sequence[str],
        reader: Reader,
        request: TextRequest,
    ) -> AsyncIterator[AnswerPiece]: ...


@dataclass(frozen=True, kw_only=True)
class Services:
    """All that a server has; what is missing makes its endpoints say so."""

    database: Database
    engines: Mapping[str, TextEngine] = field(default_factory=dict)
    embedders: Mapping[str, Embedder] = field(default_factory=dict)
    originals: Originals | None = None
    search: Search | None = None
    answers: Mapping[str, AnswerService] = field(default_factory=dict)
    """By the name of the engine that words them."""
    collection_embedder: str = ""
    """`Embedder.name` of the one that new collections are indexed with."""
    limits: Limits = field(default_factory=Limits)
    queued: Callable[[], None] = lambda: None
    """Called after a document was queued, so that indexing need not wait for its next look."""
    started: int = 0
    """Unix seconds."""

    def original_bytes(self, sha256: str) -> int:
        """How large an original is; 0 for one that is not there."""
        try:
            return self.originals.path(sha256).stat().st_size if self.originals else 0
        except (ServeError, OSError):
            return 0


# Asynchronous, so that no request has to find a free thread only to be looked at.
async def services_of(request: Request) -> Services:
    """The services of the app that the request came to."""
    services: Services = request.app.state.services
    return services


async def reader_of(request: Request) -> Reader:
    """On whose behalf the request is made, as the key said."""
    reader: Reader = request.state.reader
    return reader


def queue_user(reader: Reader) -> str:
    """Under what name the reader waits in an engine's queue, which serves users in turn."""
    return f"{reader.tenant}/{reader.user}"


Served = Annotated[Services, Depends(services_of)]
Asking = Annotated[Reader, Depends(reader_of)]
