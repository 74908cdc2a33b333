"""`segments`: the passages of a document, each in one language.

Lines and sentences are scored one by one, and the likeliest sequence of languages is found with a
price on every change (Viterbi), so that a short or unclear piece goes with what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tertulia.corpus.document import NO_LANGUAGE
from tertulia.corpus.language_id.identify import blocks, text_probabilities
from tertulia.corpus.language_id.model import shipped_model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHANGE_PRICE = 6.0
"""Natural logarithm: how much likelier a change of language must make the pieces after it."""
SHORTEST = 100
"""Characters; a shorter segment is joined to the one before it, or after it where it is first."""

_LEAST = 1e-4
_PIECE = re.compile(r"[^\n]{1,300}?(?:[.!?…]+[»”\")]*\s+|\n+|$)|[^\n]{1,300}|\n+", re.DOTALL)


@dataclass(frozen=True)
class Segment:
    """Characters `start` to `end` of a text, in `language`; the segments of a text cover it.

    `confidence` is the mean probability of the language over the segment's pieces, by length.
    """

    language: str
    start: int
    end: int
    confidence: float


def segments(text: str, shortest: int = SHORTEST) -> list[Segment]:
    """The segments of `text` in order; none for an empty one."""
    import numpy as np

    pieces = [match.span() for match in _PIECE.finditer(text)]
    if not pieces:
        return []
    parts = [text_probabilities(block) for block in blocks([text[a:b] for a, b in pieces])]
    probability = np.concatenate(parts)
    path = _likeliest(probability)
    sure = probability[np.arange(len(path)), path]
    runs = list(_runs(pieces, path, sure))
    while len(runs) > 1:
        short = min(range(len(runs)), key=lambda at: runs[at].end - runs[at].start)
        if runs[short].end - runs[short].start >= shortest:
            break
        into = short - 1 if short else 1
        low, high = sorted((short, into))
        runs[low : high + 1] = [_joined(runs[low], runs[high], runs[into])]
        runs = _same_joined(runs)
    return runs


def _likeliest(probability: NDArray[np.float32]) -> list[int]:
    """The class of each piece along the likeliest sequence."""
    import numpy as np

    # A piece without letters says nothing; no one begins in a language the model does not know.
    emission = np.log(np.maximum(probability, _LEAST))
    emission[probability.sum(axis=1) == 0] = 0
    total = emission[0].copy()
    came: list[NDArray[np.int64]] = []
    classes = np.arange(emission.shape[1])
    for row in emission[1:]:
        best = int(total.argmax())
        change = total[best] - CHANGE_PRICE
        came.append(np.where(total >= change, classes, best))
        total = np.maximum(total, change) + row
    path = [int(total.argmax())]
    for step in reversed(came):
        path.append(int(step[path[-1]]))
    return path[::-1]


def _runs(
    pieces: list[tuple[int, int]], path: list[int], sure: NDArray[np.float32]
) -> Iterator[Segment]:
    languages = shipped_model().languages
    begin = 0
    for at in range(1, len(path) + 1):
        if at < len(path) and path[at] == path[begin]:
            continue
        length = [b - a for a, b in pieces[begin:at]]
        weight = sum(n * float(p) for n, p in zip(length, sure[begin:at], strict=True))
        confidence = round(weight / sum(length), 4)
        language = languages[path[begin]] if confidence > 0 else NO_LANGUAGE
        yield Segment(language, pieces[begin][0], pieces[at - 1][1], confidence)
        begin = at


def _joined(first: Segment, second: Segment, named: Segment) -> Segment:
    """The two as one, in the language of `named`, whose confidence it keeps."""
    return Segment(named.language, first.start, second.end, named.confidence)


def _same_joined(runs: list[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for run in runs:
        if joined and joined[-1].language == run.language:
            joined[-1] = _joined(joined[-1], run, joined[-1])
        else:
            joined.append(run)
    return joined
