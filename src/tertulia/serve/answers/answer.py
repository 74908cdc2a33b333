"""The assistant: it answers out of documents and cites them, or says that it does not know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, cast

from tertulia.inference.embedder import Embedder
from tertulia.inference.text_engine import Message, TextEngine, TextRequest
from tertulia.serve.answers.abstain import AbstentionJudge
from tertulia.serve.answers.citation import AnswerPiece
from tertulia.serve.answers.cite import NO_DOCUMENT, Citing, prompt
from tertulia.serve.answers.evidence import Evidence, SentenceRanker
from tertulia.serve.answers.extractive import best_quotes
from tertulia.serve.answers.question import answer_language, asked_question, variety_answered
from tertulia.serve.answers.statements import Statement, StatementReader
from tertulia.serve.answers.support import SupportJudge
from tertulia.serve.answers.wording import (
    abstention,
    nothing_asked,
    quotes_introduced,
    removed_told,
)
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Hit, Reader
from tertulia.serve.retrieval.candidates import Question

_Made = TypeVar("_Made")

SMALL_MODEL = 1_000_000_000
"""Parameters; a smaller model is not asked to word answers."""


class Search(Protocol):
    """Finds passages that the reader may see; see serve/retrieval/search.py."""

    def __call__(
        self, question: str, collections: Sequence[str], reader: Reader, *, limit: int
    ) -> list[Hit]: ...


@dataclass(frozen=True, kw_only=True)
class AnswerSettings:
    """How answers are made."""

    passages: int = 8
    """How many are read for one answer."""
    words_answers: bool = False
    """Whether the model words answers; else they are quotes alone. See `words_answers`."""
    longest_answer: int = 40
    """Statements; a model that goes on is stopped."""
    embedder: Embedder | None = None
    """Used where the shipped weights were fitted for it."""


def words_answers(parameters: int | None) -> bool:
    """Whether a model of so many parameters words answers by default; None: they are unknown."""
    return parameters is not None and parameters >= SMALL_MODEL


class AnswerService:
    """Answers one conversation at a time; may be asked many at once.

    Raises what the engine, the search and the database raise; ServeError
    `serve.weights-damaged` where the shipped weights are.
    """

    def __init__(
        self,
        engine: TextEngine,
        search: Search,
        database: Database,
        settings: AnswerSettings | None = None,
    ) -> None:
        self._engine, self._search, self._database = engine, search, database
        self._settings = settings or AnswerSettings()
        self._ranker = SentenceRanker(self._settings.embedder)
        self._abstention = AbstentionJudge(self._settings.embedder)
        self._judge = SupportJudge(self._settings.embedder)

    async def answer(
        self,
        messages: Sequence[Message],
        collections: Sequence[str],
        reader: Reader,
        request: TextRequest,
    ) -> AsyncIterator[AnswerPiece]:
        """The answer to the last turn; a piece comes when all that it says is verified."""
        question = await asyncio.to_thread(asked_question, messages)
        if not question.text:
            told = nothing_asked(answer_language(question.language))
            yield AnswerPiece(text=told, abstained=True)
            return
        evidence, answers, language = await asyncio.to_thread(
            self._look_up, question, collections, reader
        )
        if not answers:
            yield await asyncio.to_thread(self._abstain, evidence, collections, reader, language)
            return
        citing = Citing(evidence, self._judge, self._database, reader, language)
        begun = refused = False
        if self._settings.words_answers:
            worded = self._worded(citing, evidence, request, reader)
            async with _closing(worded) as pieces:
                async for piece in pieces:
                    if piece.abstained:
                        refused = True
                        continue
                    text = f"{' ' if begun and piece.text else ''}{piece.text}"
                    begun = begun or bool(piece.text)
                    yield replace(piece, text=text)
        if not begun:
            quotes = []
            if not refused:
                quotes = await asyncio.to_thread(self._quotes, citing, evidence, language)
            if not quotes:
                yield await asyncio.to_thread(
                    self._abstain, evidence, collections, reader, language
                )
                return
            for piece in quotes:
                yield piece
        if citing.lost:
            yield AnswerPiece(text=f"\n\n{removed_told(citing.lost, language)}")

    def _look_up(
        self, question: Question, collections: Sequence[str], reader: Reader
    ) -> tuple[Evidence, bool, str]:
        hits = self._search(question.text, collections, reader, limit=self._settings.passages)
        evidence = self._ranker.evidence(question, hits)
        answers = self._abstention.decide(evidence).answer
        return evidence, answers, variety_answered(question, hits)

    async def _worded(
        self, citing: Citing, evidence: Evidence, request: TextRequest, reader: Reader
    ) -> AsyncIterator[AnswerPiece]:
        """The model's statements, each verified before it is given away."""
        plain = replace(request, json_schema=None, log_probabilities=None)
        messages = self._fitting(evidence, citing.language, plain.max_tokens)
        reading, count, cut = StatementReader(), 0, False
        # Each reader is a user of the engine's queue: nobody waits behind another's hundred.
        user = f"{reader.tenant}/{reader.user}"
        async with _closing(self._engine.chat(messages, plain, user=user)) as pieces:
            async for piece in pieces:
                for statement in reading.read(piece.text):
                    count += 1
                    yield await asyncio.to_thread(_verified, citing, statement)
                if count >= self._settings.longest_answer:
                    return
                cut = piece.finish == "length"
        for statement in reading.finish():
            # A sentence that was cut off may say the opposite of the whole one.
            if cut:
                yield citing.removed(statement.text, "too-long")
            else:
                yield await asyncio.to_thread(_verified, citing, statement)

    def _fitting(self, evidence: Evidence, language: str, answer: int) -> list[Message]:
        """The prompt with as many passages as the context holds, the best ones; at least one."""
        for count in range(len(evidence.found), 1, -1):
            messages = prompt(replace(evidence, found=evidence.found[:count]), language)
            if self._engine.count_tokens(messages) + answer <= self._engine.context:
                return messages
        return prompt(replace(evidence, found=evidence.found[:1]), language)

    def _quotes(self, citing: Citing, evidence: Evidence, language: str) -> list[AnswerPiece]:
        """The introduction and each quote on a line of its own; nothing where none is there."""
        pieces = [citing.quote(one.found, one.span) for one in best_quotes(evidence)]
        shown = [replace(piece, text=f"\n\n{piece.text}") for piece in pieces if piece.text]
        if not shown:
            return []
        gone = [piece for piece in pieces if not piece.text]
        return [AnswerPiece(text=quotes_introduced(language)), *shown, *gone]

    def _abstain(
        self, evidence: Evidence, collections: Sequence[str], reader: Reader, language: str
    ) -> AnswerPiece:
        found = [self._database.collection(id, reader) for id in collections]
        names = [one.name for one in found if one is not None]
        nearest = [one.hit.title or one.hit.document_name for one in evidence.found]
        return AnswerPiece(text=abstention(names, nearest, language), abstained=True)


def _verified(citing: Citing, statement: Statement) -> AnswerPiece:
    """The piece for a statement; abstained where it says that no document answers."""
    if statement.numbers == (NO_DOCUMENT,) and not statement.text.strip(" .…"):
        return AnswerPiece(text="", abstained=True)
    return citing.statement(statement)


def _closing(pieces: AsyncIterator[_Made]) -> aclosing[AsyncGenerator[_Made, None]]:
    """Cancels the work behind pieces that are not read to the end."""
    return aclosing(cast("AsyncGenerator[_Made, None]", pieces))
