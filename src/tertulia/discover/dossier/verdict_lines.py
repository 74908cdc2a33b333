"""What the constraints said of a candidate, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.discover.brief import Brief
from tertulia.discover.constraints.judge import judge
from tertulia.discover.constraints.verdict import Verdict
from tertulia.discover.molecules.acid import acid_of
from tertulia.discover.outcome import Candidate
from tertulia.errors import DataError


@dataclass(frozen=True, kw_only=True)
class VerdictLine:
    """One verdict; `lang` is the text's language where it is not the reader's."""

    constraint: str
    passed: bool
    code: str | None
    text: str
    lang: str | None = None


def verdict_lines(candidate: Candidate, brief: Brief) -> list[VerdictLine]:
    """The recorded checks, worded anew where judging the acid again gives the same ones.

    Where it does not, as constraints may have changed since, the recorded English words stand.
    """
    said = _judged(candidate, brief)
    recorded = [(one.constraint, one.passed, one.code) for one in candidate.checks]
    if [(one.constraint, one.passed, one.code) for one in said] == recorded:
        return [
            VerdictLine(constraint=one.constraint, passed=one.passed, code=one.code, text=one.text)
            for one in said
        ]
    return [
        VerdictLine(
            constraint=one.constraint, passed=one.passed, code=one.code, text=one.text, lang="en"
        )
        for one in candidate.checks
    ]


def _judged(candidate: Candidate, brief: Brief) -> tuple[Verdict, ...]:
    try:
        return judge(acid_of(candidate.smiles), brief.constraints)
    except DataError:
        return ()


def remarks(candidate: Candidate) -> tuple[str, ...]:
    """Codes of what passed and is to be checked, and of what did not pass."""
    return tuple(dict.fromkeys(one.code for one in candidate.checks if one.code))
