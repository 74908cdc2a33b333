"""Chats that are answered out of collections, with what they cite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from tertulia.inference.text_engine import TextRequest
from tertulia.serve.api.chat_events import FIRST, chunk
from tertulia.serve.api.chat_request import ChatRequest
from tertulia.serve.api.errors import unsupported
from tertulia.serve.api.generation import Head, new_head
from tertulia.serve.api.links import document_link
from tertulia.serve.api.model_names import Target, find_collections
from tertulia.serve.api.services import AnswerPiece, Citation, Removed, Services
from tertulia.serve.api.streams import DONE, begun, closing, event, while_connected
from tertulia.serve.api.text_shapes import (
    AnswerShape,
    ChatCompletion,
    CitationShape,
    FileCitation,
)
from tertulia.serve.api.vector_store_files import public_id
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Reader


async def answer_out_of_documents(
    asked: ChatRequest,
    target: Target,
    requests: Sequence[TextRequest],
    request: Request,
    services: Services,
    reader: Reader,
) -> Response:
    """The answer, whole or as events; raises ApiError for what does not go with citations."""
    service = services.answers.get(target.name)
    if service is None:
        raise unsupported("tertulia.collections", "this model does not answer out of collections")
    _refuse_what_cannot_cite(asked)
    wanted = (*target.collections, *(asked.tertulia.collections if asked.tertulia else ()))
    collections = await run_sync(find_collections, services, wanted, reader)
    ids = [one.id for one in collections]
    pieces = service.answer(asked.conversation(), ids, reader, requests[0])
    record = _Record(services.database, reader)
    head = new_head("chatcmpl", asked.model, target.engine)
    if asked.stream:
        return await begun(request, _events(pieces, record, head))
    return JSONResponse(await while_connected(request, _whole(pieces, record, head)))


def _refuse_what_cannot_cite(asked: ChatRequest) -> None:
    if (asked.n or 1) > 1:
        raise unsupported("n", "there is one answer out of documents")
    if asked.logprobs:
        raise unsupported("logprobs", "an answer out of documents is not told token by token")
    if asked.response_format and asked.response_format.type != "text":
        raise unsupported("response_format", "an answer out of documents is text")


class _Record:
    """Gathers text and citations of an answer."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self._database, self._reader = database, reader
        self.text = ""
        self._files: dict[str, str] = {}
        self._annotations: list[FileCitation] = []
        self._citations: list[CitationShape] = []
        self._removed: list[Removed] = []
        self._abstained = False

    async def add(self, piece: AnswerPiece) -> None:
        """Takes the piece in; a citation is placed after its statement."""
        begin = len(self.text)
        self.text += piece.text
        self._removed.extend(piece.removed)
        self._abstained = self._abstained or piece.abstained
        for citation in piece.citations:
            if citation.document not in self._files:
                self._files[citation.document] = await run_sync(self._file, citation.document)
            self._citations.append(_told(citation))
            self._annotations.append(
                {
                    "type": "file_citation",
                    "file_id": self._files[citation.document],
                    "filename": citation.document_name,
                    "index": self._after(citation.statement, begin),
                }
            )

    def annotations(self) -> list[FileCitation]:
        """What the OpenAI API knows of citations."""
        return self._annotations

    def answer(self) -> AnswerShape:
        """All that is known of them."""
        return {
            "abstained": self._abstained,
            "citations": self._citations,
            "removed": [
                {"statement": one.statement, "reason": one.reason} for one in self._removed
            ],
        }

    def _after(self, statement: str, begin: int) -> int:
        place = self.text.find(statement, begin)
        return len(self.text) if place < 0 else place + len(statement)

    def _file(self, document: str) -> str:
        found = self._database.document(document, self._reader)
        return public_id(found) if found else document


def _told(citation: Citation) -> CitationShape:
    return {
        "statement": citation.statement,
        "quote": citation.quote,
        "document": citation.document,
        "document_name": citation.document_name,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "url": document_link(citation.document, citation.start, citation.end),
    }


async def _whole(pieces: AsyncIterator[AnswerPiece], record: _Record, head: Head) -> ChatCompletion:
    async with closing(pieces):
        async for piece in pieces:
            await record.add(piece)
    return {
        "id": head.id,
        "object": "chat.completion",
        "created": head.created,
        "model": head.model,
        "system_fingerprint": head.system_fingerprint,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": record.text,
                    "refusal": None,
                    "annotations": record.annotations(),
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "tertulia": record.answer(),
    }


async def _events(
    pieces: AsyncIterator[AnswerPiece], record: _Record, head: Head
) -> AsyncIterator[bytes]:
    """Text as it is verified; what it cites comes with the last event."""
    told = False
    async with closing(pieces):
        async for piece in pieces:
            await record.add(piece)
            if not told:
                told = True
                yield event(chunk(head, 0, FIRST))
            if piece.text:
                yield event(chunk(head, 0, {"content": piece.text}))
    last = chunk(head, 0, {"annotations": record.annotations()}, "stop")
    yield event({**last, "tertulia": record.answer()})
    yield DONE
