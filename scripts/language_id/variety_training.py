"""Trains the telling of Valencian from Catalan, and measures it with whole sources left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from scripts.language_id.reading import by_digest, corpus_lines, one_line, rows
from scripts.language_id.variety_documents import FAMILIES, Source, drawn_documents, joined
from scripts.language_id.variety_lexicon import line_counts, marker_words
from tertulia.corpus.language_id.variety import CATALAN, VALENCIAN, Markers, markers

PARALLEL = ("debian-interface-messages", "libreoffice", "wesnoth")
"""Files of aligned rows: text of the same content in both varieties."""
MOST_DOCUMENTS = 400
"""Of one variety in one source of training."""
TRAINING_LENGTHS = (500, 2000)
"""Characters that documents of training have at least."""
PENALTY = 5e-4
"""Of the squared weights, beside the mean loss."""

_INTERFACE = frozenset({"interface", "interface-2", "parallel/debian-interface-messages"})
_SOFTWARE = ("libreoffice-help", "kde-docs", "gnome-mate-help", "interface", "interface-2")
_OFFICIAL = ("gazette", "gazette-sentences", "university", "government-web")
_MORE_CATALAN = ("parlamint-es-ct", "temu-bsc_cc0-sentences", "gimp-help", "globalvoices-ca")
"""Catalan sources that only the frequencies of words are taken from."""


@dataclass(frozen=True)
class Trained:
    """Families named `+name` (Valencian) and `-name`, their words and weights."""

    families: tuple[str, ...]
    words: Mapping[str, str]
    markers: Markers
    weights: NDArray[np.float64]
    bias: float

    def valencian(self, texts: list[str]) -> NDArray[np.bool_]:
        """bool [texts]: whether each is called Valencian."""
        total = self.markers.evidence(texts) @ self.weights + self.bias
        return np.asarray(total > 0)


def shared_sources(family: str) -> frozenset[str]:
    """What may not be trained on where `family` is tested: itself and whatever shares its text.

    Interface messages hold those of every program, so that no software is tested after them.
    """
    if family in {"gazette", "gazette-sentences"}:
        return frozenset({"gazette", "gazette-sentences"})
    if family in _OFFICIAL:
        return frozenset({family})
    if family == "wesnoth":
        return frozenset({"wesnoth", "parallel/wesnoth", *_INTERFACE})
    if family == "libreoffice-help" or family in _INTERFACE:
        return frozenset({"libreoffice-help", "parallel/libreoffice", *_INTERFACE, family})
    return frozenset({family, *_INTERFACE})


@cache
def train_without(data: Path, left_out: frozenset[str]) -> Trained:
    """Markers and weights from every family and parallel file but those of `left_out`."""
    names = [*FAMILIES, *(f"parallel/{name}" for name in PARALLEL)]
    used = [name for name in names if name not in left_out]
    counts = {
        variety: sum((_line_counts(data, name, variety) for name in used), Counter[str]())
        for variety in (CATALAN, VALENCIAN)
    }
    for name in _MORE_CATALAN:
        counts[CATALAN] += _catalan_counts(data, name)
    words = marker_words(counts[CATALAN], counts[VALENCIAN])
    families = tuple(sorted(set(words.values())))
    place = {family: at for at, family in enumerate(families)}
    found = markers([(word, place[family]) for word, family in words.items()], len(families))
    weights, bias = _fit(found, {name: _training_documents(data, name) for name in used})
    return Trained(families, words, found, weights, bias)


def _fit(
    found: Markers, documents: Mapping[str, Mapping[str, list[str]]]
) -> tuple[NDArray[np.float64], float]:
    """Logistic regression in which every source, and either variety in it, weighs the same."""
    rows_, labels, shares = [], [], []
    for pair in documents.values():
        for variety, texts in pair.items():
            if texts:
                rows_.append(found.evidence(texts))
                labels.append(np.full(len(texts), float(variety == VALENCIAN)))
                shares.append(np.full(len(texts), 1 / len(texts)))
    evidence = torch.from_numpy(np.concatenate(rows_))
    label = torch.from_numpy(np.concatenate(labels))
    share = torch.from_numpy(np.concatenate(shares))
    weights = torch.zeros(evidence.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        total = evidence @ weights[1:] + weights[0]
        each = torch.nn.functional.binary_cross_entropy_with_logits(total, label, reduction="none")
        value = (each * share).sum() / share.sum() + PENALTY * (weights[1:] ** 2).sum()
        value.backward()
        return value

    optimiser.step(loss)
    fitted = weights.detach().numpy().round(4)
    return fitted[1:], float(fitted[0])


@cache
def _training_documents(data: Path, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {CATALAN: [], VALENCIAN: []}
    for shortest in TRAINING_LENGTHS:
        for variety, texts in _documents_of(data, name, shortest).items():
            found[variety] += texts
    return found


def _documents_of(data: Path, name: str, shortest: int) -> dict[str, list[str]]:
    if not name.startswith("parallel/"):
        return drawn_documents(data, FAMILIES[name], MOST_DOCUMENTS, shortest)
    pieces = {variety: _parallel_lines(data, name, variety) for variety in (CATALAN, VALENCIAN)}
    same = set(pieces[CATALAN]) & set(pieces[VALENCIAN])
    drawn = {v: by_digest(list(joined(lines, same, shortest))) for v, lines in pieces.items()}
    return {variety: texts[:MOST_DOCUMENTS] for variety, texts in drawn.items()}


@cache
def _line_counts(data: Path, name: str, variety: str) -> Counter[str]:
    if name.startswith("parallel/"):
        return line_counts(_parallel_lines(data, name, variety))
    lines = [line for s in FAMILIES[name] if s.variety == variety for line in _some(data, s)]
    return line_counts(lines)


@cache
def _catalan_counts(data: Path, name: str) -> Counter[str]:
    return line_counts(_some(data, Source(CATALAN, name)))


def _some(data: Path, source: Source) -> list[str]:
    path = data / "corpus" / source.variety / f"{source.name}.jsonl.zst"
    if source.prefixes == ("",):
        lines = corpus_lines(data, source.variety, source.name)
    else:
        lines = [
            one_line(row["text"])
            for row in rows(path)
            if row["id"].split("/", 1)[1].startswith(source.prefixes)
        ]
    return by_digest(lines)[:12_000]


@cache
def _parallel_lines(data: Path, name: str, variety: str) -> list[str]:
    path = data / f"{name}.jsonl.zst"
    found = [row for row in rows(path) if CATALAN in row and VALENCIAN in row]
    return [one_line(row[variety]) for row in found]


def left_out_accuracy(data: Path, tests: Mapping[tuple[str, str], list[str]]) -> dict[str, float]:
    """For each (family, variety), the share of documents that are called by their variety."""
    found = {}
    for (family, variety), texts in tests.items():
        left_out = shared_sources(family.replace("gazette-test", "gazette"))
        called = train_without(data, left_out).valencian(texts)
        found[f"{family} {variety}"] = float(np.mean(called == (variety == VALENCIAN)))
    return found
