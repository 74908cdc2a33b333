"""Finalists are the surest of those that are allowed, new and unlike one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tertulia.discover.brief import FinalistsSpec
from tertulia.discover.finalists import (
    choose_finalists,
    examined_first,
    fingerprint_of,
    is_able,
    similarities,
)
from tertulia.discover.outcome import Acidity, Candidate, Check, Interval, Tier

TRIAZOLE, MESYLATE = "c1nc[n-]n1", "CS(=O)(=O)[O-]"
ETHANESULFONATE, TOSYLATE = "CCS(=O)(=O)[O-]", "Cc1ccc(S(=O)(=O)[O-])cc1"
MALONONITRILE = "N#C[CH-]C#N"
ALL = FinalistsSpec(max_similarity=1.0, max_of_a_family=9)


def candidate(anion: str, surely: float = 1.0, *, done: bool = True, **fields: Any) -> Candidate:
    """A validated one that is stronger than the reference by `surely` units at least."""
    acidity = Acidity(
        pka=Interval(value=0, low=-1, high=1),
        standing="calibrated",
        stronger_than_reference=Interval(value=surely + 1, low=surely, high=surely + 2),
    )
    told = {"family": "sulfonic", "generator": "fragments", "acidity": acidity, **fields}
    tier = Tier(tier="xtb", record="0" * 64, done=done, reason=None if done else "timed-out")
    return Candidate(smiles=anion, anion=anion, batch=1, tiers=(tier,), **told)


def chosen(candidates: Sequence[Candidate], count: int = 9, **spec: Any) -> tuple[str, ...]:
    """The finalists by a specification that is lax but for `spec`."""
    return choose_finalists(candidates, ALL.model_copy(update=spec), count)


def test_the_surest_come_first_and_no_more_than_asked_for() -> None:
    given = [candidate(MESYLATE, 1), candidate(TRIAZOLE, 3), candidate(MALONONITRILE, 2)]
    assert chosen(given) == (TRIAZOLE, MALONONITRILE, MESYLATE)
    assert chosen(given, 2) == (TRIAZOLE, MALONONITRILE)
    assert chosen([], 2) == ()


def test_the_order_in_which_they_were_proposed_decides_nothing() -> None:
    given = [candidate(one) for one in (MESYLATE, TRIAZOLE, MALONONITRILE)]
    assert chosen(given) == chosen(given[::-1]) == tuple(sorted(one.anion for one in given))


@pytest.mark.parametrize(
    "unfit",
    [
        candidate(MESYLATE, done=False),
        candidate(MESYLATE, acidity=None),
        candidate(MESYLATE, generator="seeds"),
        candidate(MESYLATE, generator="anchor"),
        candidate(MESYLATE, checks=(Check(constraint="pfas", passed=False, code="pfas-oecd"),)),
        candidate(MESYLATE, 0.0),
        candidate(MESYLATE, -1.0),
    ],
)
def test_what_is_unfit_is_no_finalist(unfit: Candidate) -> None:
    assert not is_able(unfit, ALL)
    assert chosen([unfit, candidate(TRIAZOLE)]) == (TRIAZOLE,)


def test_a_brief_may_take_those_that_are_not_surely_stronger() -> None:
    given = [candidate(MESYLATE, -1.0), candidate(TRIAZOLE, 0.5)]
    assert chosen(given, excludes_reference=False) == (TRIAZOLE, MESYLATE)


def test_of_a_family_no_more_than_its_share() -> None:
    given = [
        candidate(MESYLATE, 3),
        candidate(TOSYLATE, 2),
        candidate(TRIAZOLE, 1, family="azole"),
    ]
    assert chosen(given, max_of_a_family=1) == (MESYLATE, TRIAZOLE)


def test_no_two_are_as_alike_as_the_bound() -> None:
    [alike] = similarities(fingerprint_of(MESYLATE), [fingerprint_of(ETHANESULFONATE)])
    assert 0 < alike < 1
    given = [candidate(MESYLATE, 2), candidate(ETHANESULFONATE, 1)]
    assert chosen(given, max_similarity=alike) == (MESYLATE,)
    assert chosen(given, max_similarity=alike + 0.01) == (MESYLATE, ETHANESULFONATE)


def test_one_that_is_passed_over_takes_no_place_of_its_family() -> None:
    """The one that is too alike leaves room for the next of its family."""
    given = [
        candidate(MESYLATE, 3),
        candidate(ETHANESULFONATE, 2),
        candidate(TOSYLATE, 1),
    ]
    assert chosen(given, max_similarity=0.4, max_of_a_family=2) == (MESYLATE, TOSYLATE)


def test_the_most_promising_are_examined_first() -> None:
    given = [candidate(MESYLATE, 1), candidate(TRIAZOLE, 3), candidate(MALONONITRILE, -2)]
    assert [one.anion for one in examined_first(given, ALL, 1)] == [TRIAZOLE]
    assert [one.anion for one in examined_first(given, ALL, 9)] == [TRIAZOLE, MESYLATE]
