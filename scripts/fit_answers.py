"""Fits the weights by which answers are verified: src/tertulia/shipped/answers/models.json.

    python -m scripts.fit_answers --corpora DIR --index DIR [--embedder FOLDER]

Only rows of the part `dev` are read. Logistic models are made: which sentence answers; whether to
answer at all, in one language and across; whether a passage supports a statement. They are made for
words alone, and with `--embedder` for the vectors of that model beside those. They rest on the hits
of the shipped reranker: fit that one first. Thresholds are set on predictions for documents that
were held out of the fit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval.answering import (
    AskedEvidence,
    LabelledStatement,
    asked_evidence,
    indexed,
    labelled_statements,
)
from benchmarks.retrieval.collections import COLLECTIONS
from tertulia.inference.embedder import Embedder
from tertulia.serve.answers import abstain, evidence, sentence_features, support, support_features
from tertulia.serve.answers.claims import claims
from tertulia.serve.answers.evidence import SentenceRanker, abstain_features, with_products
from tertulia.serve.answers.logistic import LogisticModel
from tertulia.serve.answers.passage import ReadPassage
from tertulia.serve.answers.support import SupportJudge
from tertulia.serve.shipped_weights import sealed_weights
from tertulia.store.atomic import write_text

OUT = Path(__file__).parents[1] / "src/tertulia/shipped/answers/models.json"
FOLDS = 10
PENALTY = 2.0
PRECISION = 0.9
SURE = 1.645
"""Standard deviations: one-sided 95 %."""
ABSTAINED = 0.9
NEVER = 1.01
"""A threshold that no probability reaches."""

Rows = NDArray[np.float64]


def fit(
    names: tuple[str, ...], signs: Sequence[int], rows: Rows, labels: Rows, embedder: str | None
) -> LogisticModel:
    """Newton's method on standardised features; a weight with the wrong sign stays nought."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    wanted = np.array([*signs[: len(names)], 0])
    penalty = np.diag([*[PENALTY] * len(names), 0.0])
    weights, free = np.zeros(len(names) + 1), np.ones(len(names) + 1, dtype=bool)
    for _ in range(60):
        predicted = 1 / (1 + np.exp(-scaled @ weights))
        curvature = (scaled * (predicted * (1 - predicted))[:, None]).T @ scaled + penalty
        slope = scaled.T @ (predicted - labels) + penalty @ weights
        step = np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
        weights[free] -= step
        wrong = weights * wanted < 0
        weights[wrong] = 0.0
        free &= ~wrong
    plain = weights[:-1] / spread
    return LogisticModel(
        features=names,
        weights=tuple(round(float(value), 6) for value in plain),
        bias=round(float(weights[-1] - plain @ mean), 6),
        threshold=0.0,
        embedder=embedder,
    )


def held_out(
    names: tuple[str, ...], signs: Sequence[int], rows: Rows, labels: Rows, documents: Sequence[str]
) -> Rows:
    """The probability of each row by a model that saw nothing of its document."""
    folds = np.array([int(hashlib.sha256(d.encode()).hexdigest(), 16) % FOLDS for d in documents])
    found = np.zeros(len(rows))
    for fold in range(FOLDS):
        model = fit(names, signs, rows[folds != fold], labels[folds != fold], None)
        found[folds == fold] = [model.probability(row) for row in rows[folds == fold]]
    return found


def sentence_model(asked: Sequence[AskedEvidence], embedder: Embedder | None) -> LogisticModel:
    """Which sentences of the passages found overlap the words that answer."""
    names = _names(sentence_features.NAMES, sentence_features.VECTOR_NAMES, embedder)
    rows, labels = [], []
    for one in asked:
        if one.answer is None:
            continue
        found = sentence_features.read_hits(one.hits)
        sentences = sentence_features.sentences_of(one.question, found)
        for sentence in with_products(one.question, found, sentences, embedder):
            rows.append(sentence.features)
            span = sentence.span
            labels.append(one.answers(found[sentence.found].hit, span.start, span.end))
    told = np.array(labels, dtype=float)
    return fit(names, sentence_features.SIGNS, np.array(rows), told, _name(embedder))


def abstain_model(
    asked: Sequence[AskedEvidence],
    ranker: SentenceRanker,
    embedder: Embedder | None,
    *,
    across: bool,
) -> LogisticModel:
    """Whether the passages hold the answer: those of a question whose passage was found do, those
    of an unanswerable one do not."""
    names = _names(evidence.ABSTAIN_NAMES, evidence.ABSTAIN_VECTOR_NAMES, embedder)
    kinds = ("cross", "cross-unanswerable") if across else ("same", "unanswerable")
    chosen = [one for one in asked if one.kind in kinds and (one.gold is None or one.found)]
    read = [ranker.evidence(one.question, one.hits) for one in chosen]
    rows = np.array([abstain_features(one, embedder) for one in read])
    labels = np.array([one.gold is not None for one in chosen], dtype=float)
    signs = evidence.ABSTAIN_SIGNS
    apart = held_out(names, signs, rows, labels, [one.document for one in chosen])
    threshold = float(np.quantile(apart[labels == 0], ABSTAINED))
    name, answered = abstain.ACROSS if across else abstain.MODEL, apart[labels == 1] >= threshold
    print(f"{name}: threshold {threshold:.3f}, of {len(answered)} found {answered.mean():.3f}")
    return _with_threshold(fit(names, signs, rows, labels, _name(embedder)), threshold)


def support_model(
    statements: Sequence[LabelledStatement], embedder: Embedder | None
) -> LogisticModel:
    """Whether a passage supports a statement: its own or the wrong ones made up beside it, and
    passages of other documents that share most words with it, which do not."""
    names = _names(support_features.NAMES, support_features.VECTOR_NAMES, embedder)
    blank = LogisticModel(names, (0.0,) * len(names), 0.0, NEVER, _name(embedder))
    judge = SupportJudge(embedder, blank)
    pairs = [(one, one.read, one.supported) for one in statements]
    labelled = len(pairs)
    pairs += [(one, _nearest(one, statements), False) for one in statements if one.supported]
    found = [judge.features(one.text, read) for one, read, _ in pairs]
    rows = np.array([row for _, row in filter(None, found)])
    assert len(rows) == len(pairs), "a passage without any sentence"
    labels = np.array([float(label) for *_, label in pairs])
    signs = support_features.SIGNS
    apart = held_out(names, signs, rows, labels, [one.document for one, *_ in pairs])[:labelled]
    threshold = _precise(apart, labels[:labelled])
    print(
        f"support: threshold {threshold:.3f}, "
        f"stated {int((apart >= threshold).sum())} of {labelled}"
    )
    return _with_threshold(fit(names, signs, rows, labels, _name(embedder)), threshold)


def _nearest(one: LabelledStatement, statements: Sequence[LabelledStatement]) -> ReadPassage:
    words = set(claims(one.text, one.language).words)
    others = [s for s in statements if s.language == one.language and s.document != one.document]
    return max(others, key=lambda s: len(words & set(s.read.whole.words))).read


def _precise(probabilities: Rows, labels: Rows) -> float:
    """The lowest threshold at which the precision is high and not by luck."""
    lowest = NEVER
    for threshold in sorted(set(probabilities.tolist()), reverse=True):
        stated = probabilities >= threshold
        if _at_least(float(labels[stated].sum()), int(stated.sum())) >= PRECISION:
            lowest = threshold
    return lowest


def _at_least(right: float, of: int) -> float:
    """The lower end of Wilson's interval for a share."""
    share, square = right / of, SURE * SURE
    middle = share + square / (2 * of)
    spread = SURE * sqrt((share * (1 - share) + square / (4 * of)) / of)
    return (middle - spread) / (1 + square / of)


def _names(
    words: tuple[str, ...], more: tuple[str, ...], embedder: Embedder | None
) -> tuple[str, ...]:
    return (*words, *more) if embedder else words


def _name(embedder: Embedder | None) -> str | None:
    return embedder.name if embedder else None


def _with_threshold(model: LogisticModel, threshold: float) -> LogisticModel:
    return LogisticModel(**{**asdict(model), "threshold": round(threshold, 6)})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument("--index", type=Path, required=True, help="where indexes are kept")
    options.add_argument("--embedder", type=Path, help="folder of a model of sentence vectors")
    arguments = options.parse_args()
    embedder: Embedder | None = None
    if arguments.embedder:
        from tertulia.inference.sentence_embedder import SentenceEmbedder

        embedder = SentenceEmbedder.open(arguments.embedder)
    asked, statements = [], []
    for language in COLLECTIONS:
        database, texts = indexed(language, arguments.corpora, arguments.index, embedder)
        asked += asked_evidence(database, embedder, language, texts, "dev")
        statements += labelled_statements(language, texts, "dev")
        database.close()
    sentence = sentence_model(asked, embedder)
    ranker = SentenceRanker(embedder, sentence)
    made = {
        evidence.SENTENCE_MODEL: sentence,
        abstain.MODEL: abstain_model(asked, ranker, embedder, across=False),
        abstain.ACROSS: abstain_model(asked, ranker, embedder, across=True),
        support.MODEL: support_model(statements, embedder),
    }
    known = json.loads(OUT.read_text(encoding="utf-8"))["weights"] if OUT.exists() else {}
    models = {
        name: [
            one
            for one in known.get(name, [])
            if (one["embedder"] is None) != (model.embedder is None)
        ]
        + [{**asdict(model), "features": list(model.features), "weights": list(model.weights)}]
        for name, model in made.items()
    }
    OUT.parent.mkdir(exist_ok=True)
    write_text(OUT, sealed_weights(models))


if __name__ == "__main__":
    main()
