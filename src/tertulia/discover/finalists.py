"""Finalists: the best validated candidates that are unlike one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import Any

from tertulia.discover.brief import FinalistsSpec
from tertulia.discover.outcome import Candidate

KNOWN = frozenset({"anchor", "seeds"})
"""Generators whose candidates are no discovery."""


def choose_finalists(
    candidates: Sequence[Candidate], spec: FinalistsSpec, count: int
) -> tuple[str, ...]:
    """Anions of at most `count` finalists, the surest to exceed the reference first.

    None is an anchor or of the seed pool, none breaks a constraint, no two are as alike as
    `max_similarity`, and no family has more than its share.
    """
    able = _surest_first(candidates, spec)
    chosen: list[Candidate] = []
    prints: list[Any] = []
    families: Counter[str] = Counter()
    for one in able:
        if len(chosen) == count:
            break
        fingerprint = fingerprint_of(one.anion)
        if families[one.family] == spec.max_of_a_family:
            continue
        if any(value >= spec.max_similarity for value in similarities(fingerprint, prints)):
            continue
        chosen.append(one)
        prints.append(fingerprint)
        families[one.family] += 1
    return tuple(one.anion for one in chosen)


def examined_first(
    candidates: Sequence[Candidate], spec: FinalistsSpec, most: int
) -> list[Candidate]:
    """Of those that may be finalists at most `most`, to be looked at more closely.

    In turns of families, of each the surest first: intervals of one family are narrower than those
    of another, which alone makes no acid more interesting.
    """
    families: dict[str, list[Candidate]] = {}
    for one in _surest_first(candidates, spec):
        families.setdefault(one.family, []).append(one)
    turns = chain.from_iterable(zip_longest(*families.values()))
    return [one for one in turns if one is not None][:most]


def _surest_first(candidates: Sequence[Candidate], spec: FinalistsSpec) -> list[Candidate]:
    able = [one for one in candidates if is_able(one, spec)]
    return sorted(able, key=lambda one: (-_surely_stronger(one), one.anion))


def is_able(candidate: Candidate, spec: FinalistsSpec) -> bool:
    """Whether a candidate may be a finalist, likeness to others apart."""
    return (
        candidate.generator not in KNOWN
        and candidate.validated
        and candidate.acidity is not None
        and all(check.passed for check in candidate.checks)
        and (_surely_stronger(candidate) > 0 or not spec.excludes_reference)
    )


def _surely_stronger(candidate: Candidate) -> float:
    """By how many pKa units it exceeds the reference at least, at the lower end of the interval."""
    assert candidate.acidity is not None
    return candidate.acidity.stronger_than_reference.low


def fingerprint_of(smiles: str) -> Any:
    """Morgan fingerprint of radius 2, 2,048 bits (Rogers and Hahn, 2010)."""
    from rdkit import Chem
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    return generator.GetFingerprint(Chem.MolFromSmiles(smiles))


def similarities(fingerprint: Any, others: Iterable[Any]) -> list[float]:
    """Tanimoto similarity to each of the others."""
    from rdkit import DataStructs

    return [float(value) for value in DataStructs.BulkTanimotoSimilarity(fingerprint, list(others))]
