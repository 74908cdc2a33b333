"""Finds personal data in one text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable

from tertulia.corpus.personal_data.addresses import ADDRESSES
from tertulia.corpus.personal_data.contact import CONTACT
from tertulia.corpus.personal_data.finding import KINDS, Detector, Finding
from tertulia.corpus.personal_data.identifiers import IDENTIFIERS
from tertulia.corpus.personal_data.names import NAMES

DETECTORS: tuple[Detector, ...] = (*IDENTIFIERS, *CONTACT, *ADDRESSES, *NAMES)

_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def detectors_of(kinds: Collection[str]) -> tuple[Detector, ...]:
    """The detectors of the given kinds."""
    return tuple(detector for detector in DETECTORS if detector.kind in kinds)


def find(text: str, kinds: Collection[str] = KINDS) -> list[Finding]:
    """The personal data of the given kinds in `text`, in order and without overlap."""
    return find_with(detectors_of(kinds), text)


def find_with(detectors: Iterable[Detector], text: str) -> list[Finding]:
    """As `find`, with the detectors themselves."""
    found = [finding for detector in detectors for finding in detector.find(text)]
    if len(found) < 2:
        return found
    # Of two that overlap, the surer kind stays, then the longer one.
    found.sort(key=lambda finding: (_RANK[finding.kind], finding.start - finding.end))
    kept: list[Finding] = []
    starts: list[int] = []
    for finding in found:
        at = bisect_left(starts, finding.start)
        before_ends = at == 0 or kept[at - 1].end <= finding.start
        if before_ends and (at == len(kept) or finding.end <= starts[at]):
            starts.insert(at, finding.start)
            kept.insert(at, finding)
    return kept
