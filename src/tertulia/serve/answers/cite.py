"""How a model is asked to cite, and how what it wrote becomes verified statements.

Each statement names passages by number. It is stated where its passage says it; else the sentences
nearest to it are quoted in its place; else it is removed. The quote is looked up in the stored text
of its document: a citation that does not stand there is never shown.
"""

from __future__ import annotations

from dataclasses import replace

from tertulia.inference.text_engine import Message
from tertulia.serve.answers.citation import AnswerPiece, Citation, Reason, Removed
from tertulia.serve.answers.evidence import Evidence
from tertulia.serve.answers.extractive import relevant
from tertulia.serve.answers.inert import inert_turn, quotable, without_markup
from tertulia.serve.answers.statements import Statement
from tertulia.serve.answers.support import Support, SupportJudge
from tertulia.serve.answers.wording import instructions, quoted, quoted_in
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Reader
from tertulia.serve.knowledge.document import Extract, Span


def prompt(evidence: Evidence, language: str) -> list[Message]:
    """The instructions, each passage as a document of its own, and the question."""
    documents = [
        Message(
            role="document",
            content=inert_turn(f"[{number}] {_above(one.read.passage.above)}{one.hit.chunk.text}"),
        )
        for number, one in enumerate(evidence.found, 1)
    ]
    return [
        Message(role="system", content=instructions(language)),
        *documents,
        Message(role="user", content=inert_turn(evidence.question.text)),
    ]


NO_DOCUMENT = 0
"""The number by which a model says that no document answers."""


class Citing:
    """Turns statements and quotes of one answer into pieces; each citation gets its number."""

    lost = 0
    """Statements that were removed without a quote in their place."""

    def __init__(
        self,
        evidence: Evidence,
        judge: SupportJudge,
        database: Database,
        reader: Reader,
        language: str,
    ) -> None:
        self.language = language
        self._evidence, self._judge = evidence, judge
        self._database, self._reader = database, reader
        self._extracts: dict[str, Extract | None] = {}
        self._numbers: dict[tuple[str, int, int], int] = {}

    def statement(self, statement: Statement) -> AnswerPiece:
        """The statement, or a quote in its place, or why there is neither.

        A quote that has been shown is not shown again.
        """
        text = without_markup(statement.text)
        if not text:
            return self.removed(statement.text, "nothing-left")
        if not statement.numbers:
            return self.removed(text, "no-citation")
        reason: Reason = "no-such-passage"
        supports: list[tuple[int, Support]] = []
        for number in statement.numbers:
            if 1 <= number <= len(self._evidence.found):
                read = self._evidence.found[number - 1].read
                support = self._judge.judge(text, read, self.language)
                supports.append((number - 1, support))
        supports.sort(
            key=lambda one: (not one[1].stated, one[1].quote is None, -one[1].probability)
        )
        for found, support in supports:
            if support.quote is None:
                reason = support.reason or "not-supported"
            elif not quotable(self._quoted(found, support.quote)):
                reason = "not-supported"
            elif not relevant(self._evidence, found, support.quote):
                reason = "beside-the-question"
            elif support.stated:
                return self._piece(text, found, support.quote, as_quote=False, reason=None)
            else:
                return self._piece(text, found, support.quote, as_quote=True, reason=support.reason)
        return self.removed(text, reason)

    def removed(self, statement: str, reason: Reason) -> AnswerPiece:
        """That a statement was taken out, and why."""
        self.lost += 1
        return AnswerPiece(text="", removed=(Removed(statement=statement, reason=reason),))

    def quote(self, found: int, span: Span) -> AnswerPiece:
        """Sentences of a passage as they stand."""
        text = self._quoted(found, span)
        return self._piece(text, found, span, as_quote=True, reason=None)

    def _piece(
        self, text: str, found: int, span: Span, *, as_quote: bool, reason: Reason | None
    ) -> AnswerPiece:
        removed = (Removed(statement=text, reason=reason),) if reason else ()
        citation = self._citation(found, span)
        if citation is None:
            return self.removed(text, "document-gone")
        known = len(self._numbers)
        key = (citation.document, citation.start, citation.end)
        number = self._numbers.setdefault(key, known + 1)
        if not as_quote:
            cited = _numbered(citation, number, text)
            return AnswerPiece(text=f"{text} [{number}]", citations=(cited,))
        if number <= known:
            return AnswerPiece(text="", removed=removed)
        shown = quoted(citation.quote, number, self.language)
        statement = shown.removesuffix(f" [{number}]")
        other = self._evidence.found[found].read.passage.language
        if other and _family(other) != _family(self.language):
            shown = f"{shown} {quoted_in(other, self.language)}"
        cited = _numbered(citation, number, statement)
        return AnswerPiece(text=shown, citations=(cited,), removed=removed)

    def _citation(self, found: int, span: Span) -> Citation | None:
        """The citation, if its quote stands in the stored text at its place."""
        hit = self._evidence.found[found].hit
        if hit.document not in self._extracts:
            self._extracts[hit.document] = self._database.extract(hit.document, self._reader)
        extract = self._extracts[hit.document]
        start, end = hit.chunk.start + span.start, hit.chunk.start + span.end
        quote = self._quoted(found, span)
        if extract is None or not quote or extract.text[start:end] != quote:
            return None
        page = next((one.number for one in extract.pages if one.start <= start < one.end), None)
        return Citation(
            number=0,
            statement="",
            quote=quote,
            document=hit.document,
            document_name=hit.document_name,
            page=page,
            start=start,
            end=end,
        )

    def _quoted(self, found: int, span: Span) -> str:
        return self._evidence.found[found].hit.chunk.text[span.start : span.end]


def _numbered(citation: Citation, number: int, statement: str) -> Citation:
    return replace(citation, number=number, statement=statement)


def _above(above: str) -> str:
    lines = [line.strip() for line in above.splitlines() if line.strip()]
    return " — ".join(dict.fromkeys(lines)) + "\n" if lines else ""


def _family(tag: str) -> str:
    return tag.split("-")[0].lower()
