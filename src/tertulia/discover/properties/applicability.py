"""Where a property model knows what it speaks of; elsewhere its answer is "unknown".

The bounds are the training set's own: a molecule is known if it is no further from the training
set than 95 % of the training molecules are from the rest of it, in likeness and in how much the
model's variance has shrunk; if each of its elements and its net charge were trained on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.molecules.acid import read_smiles

FloatArray = NDArray[np.float64]

OUTER = 0.05
"""Share of the training molecules that lie outside either bound."""
FEWEST = 3
"""Training molecules that an element or a net charge has to occur in."""

REASONS = ("charge", "element", "dissimilar", "variance")
"""Why a molecule is unknown: its net charge or an element of it was (nearly) never trained on, no
training molecule resembles it enough, the training set tells the model too little of it."""


@dataclass(frozen=True, kw_only=True)
class Domain:
    """What a training set covers."""

    charges: frozenset[int]
    elements: frozenset[str]
    least_similarity: float
    most_variance: float
    """Latent variance over the prior's, 0 to 1."""

    def reasons(
        self, smiles: Sequence[str], similarity: FloatArray, variance: FloatArray
    ) -> tuple[str | None, ...]:
        """The first of REASONS for which each molecule is unknown; None of one that is known."""
        found: list[str | None] = []
        for text, near, share in zip(smiles, similarity, variance, strict=True):
            charge, elements = composition(text)
            checks = (
                charge in self.charges,
                elements <= self.elements,
                near >= self.least_similarity,
                share <= self.most_variance,
            )
            found.append(
                next((why for why, ok in zip(REASONS, checks, strict=True) if not ok), None)
            )
        return tuple(found)


def domain_of(smiles: Sequence[str], similarity: FloatArray, variance: FloatArray) -> Domain:
    """Of a training set: (n,) similarity to the nearest other molecule, and (m,) latent variance
    over the prior's of values left out."""
    charges: Counter[int] = Counter()
    elements: Counter[str] = Counter()
    for text in sorted(set(smiles)):
        charge, symbols = composition(text)
        charges[charge] += 1
        elements.update(symbols)
    # Of a training set that is smaller than FEWEST everything counts.
    fewest = min(FEWEST, len(set(smiles)))
    return Domain(
        charges=frozenset(charge for charge, count in charges.items() if count >= fewest),
        elements=frozenset(symbol for symbol, count in elements.items() if count >= fewest),
        least_similarity=float(np.quantile(similarity, OUTER)),
        most_variance=float(np.quantile(variance, 1.0 - OUTER)),
    )


@lru_cache(maxsize=65_536)
def composition(smiles: str) -> tuple[int, frozenset[str]]:
    """Net charge and elements of a molecule; raises DataError `discover.smiles-unreadable`."""
    atoms = list(read_smiles(smiles).GetAtoms())
    charge = sum(atom.GetFormalCharge() for atom in atoms)
    return charge, frozenset(atom.GetSymbol() for atom in atoms)
