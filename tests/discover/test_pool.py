"""Every proposal becomes a candidate or is counted with a reason."""

from __future__ import annotations

import pytest

from tertulia.discover.constraints.judge import Limits
from tertulia.discover.generators.proposal import Proposal
from tertulia.discover.pool import REPEATED, UNREADABLE, Addition, CandidatePool
from tertulia.discover.proposing import Proposed

MESYLATE, TRIFLATE = "CS(=O)(=O)O", "O=S(=O)(O)C(F)(F)F"
LIMITS = Limits(min_heavy_atoms=1)


def judged(
    pool: CandidatePool, *smiles: str, dropped: dict[str, dict[str, int]] | None = None
) -> Addition:
    """What comes of proposals of one generator."""
    proposals = tuple(Proposal(smiles=one, generator="fragments", how="x") for one in smiles)
    return pool.judged(Proposed(proposals=proposals, dropped=dropped or {}), batch=3)


def test_a_candidate_keeps_where_it_came_from() -> None:
    pool = CandidatePool(LIMITS, known=())
    [one] = judged(pool, MESYLATE).eligible
    assert (one.anion, one.family) == ("CS(=O)(=O)[O-]", "sulfonic")
    assert (one.batch, one.generator, one.how) == (3, "fragments", "x")


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("C(", UNREADABLE),
        ("", UNREADABLE),
        ("CC", UNREADABLE),
        ("CS(=O)(=O)O.C", UNREADABLE),
        ("CS(=O)(=O)[O-]", REPEATED),
    ],
)
def test_what_is_none_is_counted_with_its_reason(smiles: str, reason: str) -> None:
    """The last is the same acid, written as its anion."""
    addition = judged(CandidatePool(LIMITS, known=()), MESYLATE, smiles)
    assert len(addition.eligible) == 1 and addition.proposed == {"fragments": 2}
    assert addition.dropped == {"fragments": {reason: 1}}


def test_what_is_forbidden_is_counted_by_the_first_code() -> None:
    addition = judged(CandidatePool(LIMITS, known=()), TRIFLATE)
    [[code, count]] = addition.dropped["fragments"].items()
    assert addition.eligible == () and count == 1 and "pfas" in code


def test_what_a_generator_threw_away_itself_was_made_by_it_too() -> None:
    thrown = {"fragments": {"too-large": 4}, "graph-ga": {"no-place": 2}}
    addition = judged(CandidatePool(LIMITS, known=()), MESYLATE, "C(", dropped=thrown)
    assert addition.proposed == {"fragments": 6, "graph-ga": 2}
    assert addition.dropped["fragments"] == {"too-large": 4, UNREADABLE: 1}
    made, lost = sum(addition.proposed.values()), addition.dropped.values()
    assert made == len(addition.eligible) + sum(sum(one.values()) for one in lost)


def test_what_is_known_is_no_candidate_however_it_is_written() -> None:
    """An azolide's charge may be written on any of its nitrogens."""
    pool = CandidatePool(LIMITS, known=["CS(=O)(=O)[O-]", "c1c[n-]nn1"])
    addition = judged(pool, MESYLATE, "c1c[nH]nn1", "c1cn[nH]n1")
    assert addition.eligible == () and addition.dropped == {"fragments": {REPEATED: 3}}


def test_judging_changes_nothing_until_it_is_added() -> None:
    pool = CandidatePool(LIMITS, known=())
    first = judged(pool, MESYLATE)
    assert judged(pool, MESYLATE) == first and not pool.waiting
    pool.add(first)
    assert list(pool.waiting) == ["CS(=O)(=O)[O-]"]
    assert judged(pool, MESYLATE).dropped == {"fragments": {REPEATED: 1}}


def test_what_was_chosen_or_let_go_never_comes_back() -> None:
    pool = CandidatePool(LIMITS, known=())
    pool.add(judged(pool, MESYLATE))
    pool.take(["CS(=O)(=O)[O-]", "C[O-]"])
    assert not pool.waiting
    assert judged(pool, MESYLATE).eligible == ()
