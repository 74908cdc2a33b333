"""What every strategy keeps to, and what makes each what it is."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.discover.search.choose import LEARNING, STRATEGIES, Evidence, choose
from tertulia.discover.search.surrogate import Surrogate
from tertulia.errors import DataError
from tests.discover.search.line import chain, line

ALL = sorted(STRATEGIES)
CHAINS = [chain(length) for length in range(1, 41)]


def measured(lengths: list[int], objectives: int = 1) -> Evidence:
    """A hill with its top at a length of 20; with two objectives shortness counts too."""
    hill = [-((length - 20.0) ** 2) / 50 for length in lengths]
    columns = [hill, [-float(length) for length in lengths]][:objectives]
    return Evidence(tuple(map(chain, lengths)), np.array(columns).T)


def chosen(
    strategy: str,
    evidence: Evidence,
    *,
    candidates: list[str] = CHAINS,
    pending: tuple[str, ...] = (),
    count: int = 4,
    seed: int = 7,
) -> list[str]:
    places = choose(strategy, candidates, evidence, pending, count, seed=seed, fit=line)
    return [candidates[place] for place in places]


@pytest.mark.parametrize("objectives", [1, 2])
@pytest.mark.parametrize("strategy", ALL)
def test_nothing_is_chosen_that_is_known_or_pending_or_chosen(
    strategy: str, objectives: int
) -> None:
    evidence = measured([1, 9, 15, 23], objectives)
    pending = tuple(map(chain, [2, 18, 19, 20]))
    candidates = CHAINS[:24]
    found = chosen(strategy, evidence, candidates=candidates, pending=pending, count=100)
    assert sorted(found) == sorted(set(candidates) - set(evidence.smiles) - set(pending))


@pytest.mark.parametrize("objectives", [1, 2])
@pytest.mark.parametrize("strategy", ALL)
def test_the_order_of_what_is_given_does_not_matter(strategy: str, objectives: int) -> None:
    evidence = measured([1, 9, 25, 37], objectives)
    backwards = Evidence(evidence.smiles[::-1], evidence.values[::-1])
    pending = (chain(5), chain(30))
    once = chosen(strategy, evidence, pending=pending)
    again = chosen(strategy, backwards, candidates=CHAINS[::-1], pending=pending[::-1])
    assert once == again


@pytest.mark.parametrize("strategy", ALL)
def test_a_seed_decides(strategy: str) -> None:
    evidence = measured([1, 9, 25, 37])
    assert chosen(strategy, evidence, seed=3) == chosen(strategy, evidence, seed=3)


@pytest.mark.parametrize("strategy", ["random", "class-random", "thompson"])
def test_another_seed_draws_otherwise(strategy: str) -> None:
    evidence = measured([1, 37])
    assert len({tuple(chosen(strategy, evidence, seed=seed)) for seed in range(5)}) > 1


@pytest.mark.parametrize("strategy", ALL)
def test_a_molecule_written_twice_is_chosen_once_at_its_first_place(strategy: str) -> None:
    candidates = [chain(3), chain(4), chain(3), chain(4)]
    found = choose(strategy, candidates, measured([1, 9]), [], 4, seed=0, fit=line)
    assert sorted(found) == [0, 1]


@pytest.mark.parametrize("strategy", ALL)
def test_where_nothing_is_open_nothing_is_chosen(strategy: str) -> None:
    assert choose(strategy, [chain(9)], measured([1, 9]), [], 3, seed=0, fit=line) == []
    assert choose(strategy, CHAINS, measured([1, 9]), [], 0, seed=0, fit=line) == []


@pytest.mark.parametrize("strategy", sorted(LEARNING))
@pytest.mark.parametrize("lengths", [[], [20], [19, 21]])
def test_with_nothing_to_learn_from_the_draw_is_by_class(strategy: str, lengths: list[int]) -> None:
    evidence = measured(lengths)
    assert chosen(strategy, evidence) == chosen("class-random", evidence)


def test_a_strategy_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(DataError, match="genius") as caught:
        chosen("genius", measured([1]))
    assert caught.value.code == "discover.unknown-strategy"
    assert caught.value.remedy is not None
    assert all(name in caught.value.remedy for name in STRATEGIES)


def test_evidence_has_a_row_of_finite_values_for_each_molecule() -> None:
    with pytest.raises(ValueError, match="2 molecules"):
        Evidence(("C", "CC"), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="finite"):
        Evidence(("C",), np.array([[np.nan]]))


def test_greedy_goes_to_the_highest_mean() -> None:
    assert set(chosen("greedy", measured([16, 18, 22, 24]), count=3)) == set(
        map(chain, [19, 20, 21])
    )


def test_twins_come_in_the_order_of_their_smiles() -> None:
    """The hill is symmetric: 19 and 21 have the same mean but for its last bits."""
    assert chosen("greedy", measured([16, 18, 22, 24]), count=3) == list(map(chain, [20, 19, 21]))


def test_ucb_goes_where_it_is_uncertain_too() -> None:
    """All that is known is about 10; greedy stays, the bound goes further out."""
    evidence = Evidence(tuple(map(chain, [8, 10, 12])), np.array([[0.0], [1.0], [0.0]]))
    greedy = {len(one) for one in chosen("greedy", evidence, count=2)}
    bound = {len(one) for one in chosen("ucb", evidence, count=2)}
    assert greedy == {9, 11}
    assert max(abs(length - 10) for length in bound) > 1


@pytest.mark.parametrize("strategy", ["ucb", "expected-hypervolume"])
def test_what_is_pending_draws_the_choice_elsewhere(strategy: str) -> None:
    """Two hills; with molecules on the first under way the next one goes to the second."""
    values = np.array([[0.0], [1.0], [0.0], [0.0], [0.9], [0.0]])
    evidence = Evidence(tuple(map(chain, [4, 8, 12, 27, 31, 35])), values)
    hills = [chain(length) for length in (5, 6, 7, 9, 10, 11, 28, 29, 30, 32, 33, 34)]
    alone = chosen(strategy, evidence, candidates=hills, count=1)
    pending = tuple(map(chain, [6, 7, 9, 10]))
    then = chosen(strategy, evidence, candidates=hills, count=1, pending=pending)
    assert len(alone[0]) < 20 < len(then[0])


@pytest.mark.parametrize("strategy", ["ucb", "expected-hypervolume"])
def test_a_batch_is_not_all_neighbours(strategy: str) -> None:
    lengths = [len(one) for one in chosen(strategy, measured([1, 20, 40]), count=5)]
    assert max(lengths) - min(lengths) > 5


def test_thompson_takes_the_top_of_a_hill_that_is_known() -> None:
    known = [length for length in range(1, 41) if length not in (5, 20, 35)]
    assert chosen("thompson", measured(known), count=1) == [chain(20)]


def test_hypervolume_fills_the_gaps_of_a_front() -> None:
    """Both objectives fall from 20 on: nobody wants more; the front runs from 1 to 20."""
    evidence = measured([1, 4, 17, 20, 24, 28, 32, 36, 40], objectives=2)
    lengths = [len(one) for one in chosen("expected-hypervolume", evidence, count=4)]
    assert all(length < 21 for length in lengths)
    assert any(5 < length < 17 for length in lengths)


def test_one_model_is_asked_for_however_many_are_chosen() -> None:
    asked: list[int] = []

    def counted(evidence: Evidence) -> list[Surrogate]:
        asked.append(len(evidence))
        return list(line(evidence))

    choose("ucb", CHAINS, measured([1, 9]), [], 10, seed=0, fit=counted)
    assert asked == [2]


@pytest.mark.parametrize("strategy", ["greedy", "ucb", "thompson"])
def test_a_batch_may_be_larger_than_a_shortlist(strategy: str) -> None:
    many = [chain(length) for length in range(1, 321)]
    found = chosen(strategy, measured([1, 9]), candidates=many, count=300)
    assert len(set(found)) == 300
