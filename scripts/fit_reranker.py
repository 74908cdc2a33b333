"""Fits the weights by which passages are ranked again, on the dev questions alone.

    python -m scripts.fit_reranker --corpora DIR [--embedder NAME] [--work DIR]

For each question that has its passage among the candidates, the loss is the softmax over them: the
passage is to stand first. Then a slope and a bias make the scores probabilities, with all
questions, those whose passage was not found too. What it gains is told on folds by document.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.retrieval.asking import METHODS, Asked, asked_questions, index_collection, retrieved
from benchmarks.retrieval.collections import COLLECTIONS, digest_of
from benchmarks.retrieval_quality import embedder_of
from tertulia.serve.database.open_database import open_database
from tertulia.serve.retrieval.features import NAMES, Features, features
from tertulia.serve.shipped_weights import sealed_weights
from tertulia.store.atomic import write_text

OUT = Path(__file__).parents[1] / "src/tertulia/shipped/retrieval/reranker.json"
_RIDGE = 0.02
_FOLDS = 5


@dataclass(frozen=True)
class Example:
    """A question's candidates and which of them are hits."""

    asked: Asked
    rows: Features
    hits: NDArray[np.bool_]

    @property
    def fold(self) -> int:
        """By document, so that no document is fitted on and told about."""
        return int(digest_of(self.asked.gold.document), 16) % _FOLDS


def examples(corpora: Path, embedder_name: str | None, work: Path) -> list[Example]:
    """All dev questions with their candidates."""
    embedder, found = embedder_of(embedder_name), []
    for language in COLLECTIONS:
        database = open_database(work / f"{language}.db")
        texts = index_collection(database, language, corpora, embedder, None)
        for asked in asked_questions(language, texts, "dev"):
            candidates = retrieved(database, embedder, asked)[0]
            hits = [asked.gold.found_in(one.hit.document_name, one.hit.chunk) for one in candidates]
            rows = features(asked.question, candidates)
            found.append(Example(asked, rows, np.array(hits, dtype=bool)))
        database.close()
    return found


def fit(given: list[Example]) -> NDArray[np.float64]:
    """Weights under which hits stand first."""
    useful = [one for one in given if one.hits.any()]
    spread = np.concatenate([one.rows for one in useful]).std(axis=0) + 1e-9

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = _RIDGE * float(weights @ weights), 2 * _RIDGE * weights
        for one in useful:
            rows = one.rows / spread
            logits = rows @ weights
            raised = np.exp(logits - logits.max())
            among = raised * one.hits
            total -= np.log(among.sum() / raised.sum()) / len(useful)
            chosen, all_ = among / among.sum(), raised / raised.sum()
            slope = slope - rows.T @ (chosen - all_) / len(useful)
        return float(total), slope

    found = minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def calibrate(given: list[Example], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and bias that make the best candidate's score the probability that it is a hit."""
    best = [(one.rows @ weights, one.hits) for one in given if len(one.rows)]
    scores = np.concatenate([np.sort(score)[::-1][:5] for score, _ in best])
    hits = np.concatenate([hit[np.argsort(-score)[:5]] for score, hit in best]).astype(float)

    def loss(line: NDArray[np.float64]) -> float:
        logits = line[0] * scores + line[1]
        return float(np.mean(np.logaddexp(0, logits) - hits * logits) + 1e-4 * line @ line)

    slope, bias = minimize(loss, np.array([1.0, 0.0])).x
    return float(slope), float(bias)


def recall(given: list[Example], weights: NDArray[np.float64] | None, first: int) -> float:
    """Share of the questions with a hit among the first; None keeps the order of the fusion."""
    found = 0
    for one in given:
        order = np.arange(len(one.rows)) if weights is None else np.argsort(-one.rows @ weights)
        found += bool(one.hits[order[:first]].any())
    return found / max(len(given), 1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument("--embedder")
    options.add_argument("--work", type=Path)
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        given = examples(arguments.corpora, arguments.embedder, arguments.work or Path(temporary))
    for cross in (False, True):
        told = {METHODS[2]: 0.0, METHODS[3]: 0.0, "of all candidates": 0.0}
        chosen = [one for one in given if one.asked.cross == cross]
        for fold in range(_FOLDS):
            weights = fit([one for one in given if one.fold != fold])
            held = [one for one in chosen if one.fold == fold]
            told[METHODS[2]] += len(held) * recall(held, None, 5) / len(chosen)
            told[METHODS[3]] += len(held) * recall(held, weights, 5) / len(chosen)
            told["of all candidates"] += len(held) * recall(held, None, 50) / len(chosen)
        print("cross" if cross else "same", {k: round(v, 3) for k, v in told.items()})
    weights = fit(given)
    slope, bias = calibrate(given, weights)
    model = {
        "features": list(NAMES),
        "weights": [float(f"{slope * weight:.6g}") for weight in weights],
        "bias": float(f"{bias:.6g}"),
    }
    print(dict(zip(NAMES, model["weights"], strict=True)), bias)
    OUT.parent.mkdir(exist_ok=True)
    write_text(OUT, sealed_weights(model))


if __name__ == "__main__":
    main()
