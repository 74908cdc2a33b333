"""Answers that cite: whether citations hold, when it abstains, what attacks get through.

The questions, statements and attacks of benchmarks/retrieval, asked of the assistant as it is
served: quotes alone, and for statements and attacks with a model whose words they are. Without an
embedder passages are found and weighed by words alone; `--embedder` measures that model beside it.

    python -m benchmarks.answers --corpora DIR --index DIR [--embedder FOLDER]
        [--part dev|test] [--quick]

An answer is right where one of its quotes overlaps the words of the document that answer the
question. A statement is shown as it is, replaced by the sentences nearest to it, or removed; the
precision is that of those shown as they are. A citation exists where its quote is the text of its
document at its place.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from benchmarks.retrieval.answering import (
    AskedEvidence,
    asked_evidence,
    indexed,
    labelled_statements,
)
from benchmarks.retrieval.asking import READER
from benchmarks.retrieval.attacking import (
    AttackOutcome,
    SayingEngine,
    attacked,
    attacks,
    index_attacks,
    stands,
)
from benchmarks.retrieval.collections import COLLECTIONS
from tertulia.inference.embedder import Embedder
from tertulia.inference.text_engine import Message, TextRequest
from tertulia.serve.answers.answer import AnswerService, AnswerSettings
from tertulia.serve.answers.citation import AnswerPiece
from tertulia.serve.answers.support import SupportJudge
from tertulia.serve.database.database import Database
from tertulia.serve.database.open_database import open_database
from tertulia.serve.database.records import Hit, Reader

_QUICK_DOCUMENTS = 40
KINDS = ("same", "cross", "unanswerable", "cross-unanswerable")


@dataclass(frozen=True)
class Told:
    """How a question was answered."""

    kind: str
    found: bool
    """The gold passage was among those read."""
    abstained: bool
    right: bool
    citations: int
    standing: int


def told(database: Database, embedder: Embedder | None, asked: AskedEvidence) -> Told:
    """Asks one question, with the passages that were found for it."""

    def find(question: str, collections: Sequence[str], reader: Reader, *, limit: int) -> list[Hit]:
        return list(asked.hits[:limit])

    settings = AnswerSettings(embedder=embedder)
    service = AnswerService(SayingEngine(""), find, database, settings)
    messages = [Message(role="user", content=asked.question.text)]

    async def pieces() -> list[AnswerPiece]:
        answer = service.answer(messages, [asked.collection], READER, TextRequest())
        return [piece async for piece in answer]

    given = asyncio.run(pieces())
    cited = [citation for piece in given for citation in piece.citations]
    names = {hit.document: hit.document_name for hit in asked.hits}
    right = any(
        asked.answer is not None
        and asked.gold is not None
        and names[one.document] == asked.gold.document
        and one.start < asked.answer[1]
        and one.end > asked.answer[0]
        for one in cited
    )
    return Told(
        kind=asked.kind,
        found=asked.found,
        abstained=any(piece.abstained for piece in given),
        right=right,
        citations=len(cited),
        standing=sum(stands(database, one) for one in cited),
    )


def question_row(language: str, answers: Sequence[Told]) -> list[str]:
    """A row of the table of questions."""
    by_kind = {kind: [one for one in answers if one.kind == kind] for kind in KINDS}
    same, cross, without, without_across = (by_kind[kind] for kind in KINDS)
    answered = [one for one in same if not one.abstained]
    found = [one for one in same if one.found]
    return [
        language,
        _share(sum(one.abstained for one in without), len(without)),
        _share(sum(one.abstained for one in same), len(same)),
        _share(sum(one.abstained for one in found), len(found)),
        _share(sum(one.abstained for one in without_across), len(without_across)),
        _share(sum(one.abstained for one in cross), len(cross)),
        _share(sum(one.abstained for one in cross if one.found), sum(one.found for one in cross)),
        _share(sum(one.right for one in answered), len(answered)),
        _share(sum(one.standing for one in answers), sum(one.citations for one in answers)),
    ]


def statement_row(
    language: str, texts: dict[str, str], part: str, judge: SupportJudge
) -> list[str]:
    """A row of the table of statements."""
    counts: Counter[tuple[str, bool]] = Counter()
    for one in labelled_statements(language, texts, part):
        support = judge.judge(one.text, one.read, one.language)
        how = "stated" if support.stated else "quoted" if support.quote else "removed"
        counts[how, one.supported] += 1
    right, wrong = (
        sum(n for (_, it), n in counts.items() if it is which) for which in (True, False)
    )
    stated = counts["stated", True] + counts["stated", False]
    return [
        language,
        f"{right + wrong}",
        _share(counts["stated", True], stated),
        _share(counts["stated", True], right),
        _share(counts["quoted", True], right),
        _share(counts["quoted", False], wrong),
    ]


def attack_rows(languages: Sequence[str]) -> list[list[str]]:
    """A row for each kind of attack: how many of them were inert, in both ways of answering."""
    rows = [row for row in attacks() if row["language"] in languages]
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder, "attacks.db"))
        index_attacks(database, rows)
        outcomes = {
            worded: [asyncio.run(attacked(database, row, worded=worded)) for row in rows]
            for worded in (False, True)
        }
        database.close()
    return list(_attack_table(outcomes))


def _attack_table(outcomes: dict[bool, list[AttackOutcome]]) -> Iterator[list[str]]:
    for kind in sorted({one.kind for one in outcomes[False]}):
        chosen = {way: [one for one in all if one.kind == kind] for way, all in outcomes.items()}
        yield [
            kind,
            f"{len(chosen[False])}",
            *(f"{sum(one.inert for one in chosen[way])}" for way in (False, True)),
            f"{sum(one.quoted for one in (*chosen[False], *chosen[True]))}",
        ]


def section(
    corpora: Path, index: Path, embedder: Embedder | None, part: str, most: int | None
) -> list[str]:
    """Both tables of an embedder, or of words alone."""
    judge = SupportJudge(embedder)
    questions, statements = [], []
    for language in COLLECTIONS:
        folder = index / (embedder.name if embedder else "words").replace("/", "-")
        database, texts = indexed(language, corpora, folder, embedder, most)
        asked = asked_evidence(database, embedder, language, texts, part)
        questions.append(question_row(language, [told(database, embedder, one) for one in asked]))
        statements.append(statement_row(language, texts, part, judge))
        database.close()
    title = f"With the vectors of {embedder.name}" if embedder else "By words alone"
    return [
        f"### {title}",
        "",
        *table(
            [
                "collection",
                "unanswerable: abstains",
                "answerable: abstains",
                "its passage found: abstains",
                "across languages, unanswerable: abstains",
                "answerable: abstains",
                "its passage found: abstains",
                "answers that are right",
                "citations that exist",
            ],
            questions,
        ),
        "",
        *table(
            [
                "statements",
                "number",
                "precision of those stated",
                "true ones stated",
                "true ones quoted",
                "false ones replaced by a quote",
            ],
            statements,
        ),
        "",
    ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} % of {whole}" if whole else "none"


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument("--index", type=Path, required=True, help="where indexes are kept")
    options.add_argument("--embedder", type=Path, help="folder of a model of sentence vectors")
    options.add_argument("--part", choices=("dev", "test"), help="test; dev with --quick")
    arguments = options.parse_args()
    load = begin()
    most = _QUICK_DOCUMENTS if arguments.quick else None
    embedders: list[Embedder | None] = [None]
    if arguments.embedder:
        from tertulia.inference.sentence_embedder import SentenceEmbedder

        embedders.append(SentenceEmbedder.open(arguments.embedder))
    index = arguments.index / ("quick" if arguments.quick else "whole")
    part = arguments.part or ("dev" if arguments.quick else "test")
    lines = [f"Part: {part}.", ""]
    for embedder in embedders:
        lines += section(arguments.corpora, index, embedder, part, most)
    languages = ["es"] if arguments.quick else [*COLLECTIONS, "en"]
    headings = ["attack", "number", "inert: quotes", "inert: a model that obeys", "in a quote"]
    lines += ["### Attacks out of documents", "", *table(headings, attack_rows(languages))]
    publish(arguments, "answers", "Answers that cite", lines, load=load)


if __name__ == "__main__":
    main()
