"""Validity, uniqueness and novelty are counted as they are defined, with reasons."""

from __future__ import annotations

from tertulia.discover.generators.fragments import Fragments
from tertulia.discover.generators.novelty import novelty_reports
from tertulia.discover.generators.proposal import Proposal
from tertulia.discover.molecules.acid import acid_of


def _proposed(*smiles: str, by: str = "a") -> list[Proposal]:
    return [Proposal(smiles=one, generator=by) for one in smiles]


def test_the_three_shares_of_a_list_that_can_be_counted_by_hand() -> None:
    proposals = _proposed("CC(=O)O", "OC(C)=O", "CS(=O)(=O)O", "C(", "CC", "O=CO")
    known = {acid_of("CS(=O)(=O)O").anion}
    [report] = novelty_reports(proposals, known, asked={"a": 8}, dropped={"a": {"too-large": 3}})
    assert (report.asked, report.proposed, report.valid) == (8, 6, 4)
    assert (report.unique, report.novel) == (3, 2)
    assert (report.validity, report.uniqueness, report.novelty) == (4 / 6, 3 / 4, 2 / 3)
    assert report.dropped == {"not-an-acid": 1, "smiles-unreadable": 1, "too-large": 3}
    assert report.made == 4 + 5


def test_each_generator_is_counted_apart_and_the_silent_one_too() -> None:
    proposals = [*_proposed("CC(=O)O"), *_proposed("C", by="b")]
    reports = novelty_reports(proposals, (), asked={"a": 1, "b": 1, "c": 5}, dropped={})
    assert [(one.generator, one.proposed, one.valid) for one in reports] == [
        ("a", 1, 1),
        ("b", 1, 0),
        ("c", 0, 0),
    ]
    assert reports[2].validity is None and reports[1].uniqueness is None


def test_an_acid_and_its_anion_are_one() -> None:
    proposals = _proposed("N#Cc1cnc[nH]1", "N#Cc1cnc[n-]1")
    [report] = novelty_reports(proposals, (), asked={"a": 2}, dropped={})
    assert (report.valid, report.unique) == (2, 1)


def test_a_generators_own_counts_are_taken_over() -> None:
    generator = Fragments()
    proposals = generator.propose([], 100, seed=0)
    [report] = novelty_reports(
        proposals, (), asked={"fragments": 100}, dropped={"fragments": generator.dropped}
    )
    assert report.validity == report.uniqueness == report.novelty == 1.0
    assert report.dropped == dict(sorted(generator.dropped.items()))
