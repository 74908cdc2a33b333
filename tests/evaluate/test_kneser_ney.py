"""The n-gram baseline equals a slow, plain reading of Chen and Goodman, and is a distribution."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from tertulia.evaluate.kneser_ney import KneserNey, TokenText, fit_kneser_ney

BOS = 1
VOCABULARY = 12


class SlowKneserNey:
    """The same model out of dictionaries, one n-gram at a time."""

    def __init__(self, pieces: list[list[int]], vocabulary: int, order: int) -> None:
        self.vocabulary, self.order = vocabulary, order
        raw: dict[int, Counter[tuple[int, ...]]] = defaultdict(Counter)
        left: dict[tuple[int, ...], set[int]] = defaultdict(set)
        at_start: Counter[tuple[int, ...]] = Counter()
        for piece in pieces:
            for end, n in itertools.product(range(1, len(piece) + 1), range(1, order + 1)):
                if end - n < 0:
                    continue
                gram = tuple(piece[end - n : end])
                raw[n][gram] += 1
                if end - n > 0:
                    left[gram].add(piece[end - n - 1])
                else:
                    at_start[gram] += 1
        self.counts: dict[int, dict[tuple[int, ...], int]] = {
            n: {g: c if n == order else len(left[g]) + at_start[g] for g, c in raw[n].items()}
            for n in raw
        }
        self.counts[1].pop((BOS,), None)

    def discount(self, n: int, count: int) -> float:
        values = list(self.counts[n].values())
        n1, n2, n3, n4 = (values.count(c) for c in (1, 2, 3, 4))
        if 0 in (n1, n2, n3, n4):
            return [0.0, 0.5, 1.0, 1.5][min(count, 3)]
        y = n1 / (n1 + 2 * n2)
        raw = [0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3][min(count, 3)]
        return min(max(raw, 0.0), float(min(count, 3)))

    def probability(self, context: tuple[int, ...], token: int) -> float:
        context = context[-(self.order - 1) :] if self.order > 1 else ()
        lower = self.probability(context[1:], token) if context else self.unigram(token)
        return self.interpolate(context, token, lower) if context else lower

    def unigram(self, token: int) -> float:
        return self.interpolate((), token, 1.0 / self.vocabulary)

    def interpolate(self, context: tuple[int, ...], token: int, lower: float) -> float:
        n = len(context) + 1
        after = {g: c for g, c in self.counts[n].items() if g[:-1] == context}
        total = sum(after.values())
        if total == 0:
            return lower
        freed = sum(self.discount(n, c) for c in after.values())
        count = after.get((*context, token), 0)
        return (count - self.discount(n, count) + freed * lower) / total


def random_pieces(seed: int, documents: int) -> list[list[int]]:
    """Documents of a skewed random walk, and two fragments that begin mid-document."""
    rng = np.random.default_rng(seed)
    pieces = []
    for _ in range(documents):
        walk = rng.geometric(0.35, size=int(rng.integers(1, 30)))
        pieces.append([BOS, *(2 + (walk % (VOCABULARY - 3))).tolist(), 2])
    return [*pieces, pieces[0][1:7], pieces[1][3:4] or [5]]


@pytest.fixture(scope="module")
def pieces() -> list[list[int]]:
    return random_pieces(seed=1, documents=60)


@pytest.fixture(scope="module")
def fitted(pieces: list[list[int]]) -> KneserNey:
    return fit_kneser_ney(TokenText.from_pieces(pieces), VOCABULARY, BOS)


def test_equals_the_slow_reference(pieces: list[list[int]], fitted: KneserNey) -> None:
    slow = SlowKneserNey(pieces, VOCABULARY, order=5)
    unseen = random_pieces(seed=2, documents=15)
    fast = fitted.probabilities(TokenText.from_pieces(unseen))
    expected = [
        slow.probability(tuple(piece[max(0, place - 4) : place]), token)
        for piece in unseen
        for place, token in enumerate(piece)
    ]
    np.testing.assert_allclose(fast, expected, rtol=1e-12)


def test_every_discount_rule_is_exercised(pieces: list[list[int]]) -> None:
    slow = SlowKneserNey(pieces, VOCABULARY, order=5)
    by_formula = [
        n for n, counts in slow.counts.items() if all(c in counts.values() for c in (1, 2, 3, 4))
    ]
    assert len(by_formula) >= 3


@pytest.mark.parametrize(
    "context", [[BOS], [BOS, 4], [BOS, 2, 3, 2, 3, 2], [3, 4, 5], [11, 11, 11]]
)
def test_sums_to_one_over_the_vocabulary(fitted: KneserNey, context: list[int]) -> None:
    text = TokenText.from_pieces([[*context, token] for token in range(VOCABULARY)])
    last = np.append(text.starts[1:], len(text.ids_N)) - 1
    assert fitted.probabilities(text)[last].sum() == pytest.approx(1.0, abs=1e-12)


def test_a_token_never_seen_has_some_probability(fitted: KneserNey) -> None:
    assert fitted.probabilities(TokenText.from_pieces([[BOS, 3, 11]]))[-1] > 0


def test_learns_a_repeated_text() -> None:
    song = [BOS, *([3, 4, 5, 6, 7, 8] * 50), 2]
    probabilities = fit_kneser_ney(TokenText.from_pieces([song]), VOCABULARY, BOS).probabilities(
        TokenText.from_pieces([song])
    )
    assert -np.log2(probabilities[1:]).mean() < 0.5 < math.log2(VOCABULARY)


def test_pieces_shorter_than_the_order_are_enough() -> None:
    model = fit_kneser_ney(TokenText.from_pieces([[BOS, 3], [BOS, 4]]), VOCABULARY, BOS)
    assert model.probabilities(TokenText.from_pieces([[BOS, 3, 3]]))[1] > 1 / VOCABULARY


def test_nothing_seen_is_the_uniform_distribution() -> None:
    model = fit_kneser_ney(TokenText.from_pieces([]), VOCABULARY, BOS)
    assert model.probabilities(TokenText.from_pieces([[BOS, 7]]))[1] == 1 / VOCABULARY
