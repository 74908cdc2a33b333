"""Graph-GA: acids from acids by crossover and mutation of molecular graphs.

After J. H. Jensen, Chem. Sci. 10, 3567 (2019), doi 10.1039/C8SC05372C, written anew for acids: the
group that gives the proton survives every step. Selection is by rank, since the order of the
parents is all that is known of them here; what is kept for the next generation, the search decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from tertulia.discover.generators.acid_graph import AcidGraph, read_graph
from tertulia.discover.generators.acid_head import read_one_headed
from tertulia.discover.generators.crossover import cross
from tertulia.discover.generators.mutation import mutate
from tertulia.discover.generators.plausibility import implausible
from tertulia.discover.generators.proposal import Proposal
from tertulia.discover.molecules.acid import Acid, acid_of

MAX_HEAVY_ATOMS = 22
_CROSSOVER_SHARE = 0.5
"""Of the trials; half of its children are mutated too. All other trials, and those of parents that
cannot be cut, are a mutation alone."""
_RANK_FLOOR = 0.1
"""A parent of rank r among n weighs 1 / (this * n + r): the best up to eleven times the worst."""
_TRIALS_FOR_EACH = 60


class GraphGa:
    """Children of the given parents, seeded."""

    name = "graph-ga"

    def __init__(self, max_heavy_atoms: int = MAX_HEAVY_ATOMS) -> None:
        self._max_heavy_atoms = max_heavy_atoms
        self.dropped: Counter[str] = Counter()

    def propose(self, parents: Sequence[str], count: int, *, seed: int) -> list[Proposal]:
        """At most `count` children, no two of one anion and none that of a parent.

        Raises DataError `discover.not-an-acid` and `discover.smiles-unreadable` for a parent.
        """
        if not parents:
            return []
        generator = np.random.Generator(np.random.PCG64(seed))
        weights = 1 / (_RANK_FLOOR * len(parents) + np.arange(len(parents)))
        weights /= weights.sum()
        graphs = [read_graph(parent) for parent in parents]
        taken = {acid_of(parent).anion for parent in parents}
        proposals: list[Proposal] = []
        for _ in range(_TRIALS_FOR_EACH * count):
            if len(proposals) == count:
                break
            drawn = [int(one) for one in generator.choice(len(parents), size=2, p=weights)]
            how, used, child = self._child([graphs[one] for one in drawn], generator)
            if isinstance(child, str):
                self.dropped[child] += 1
            elif child.anion in taken:
                self.dropped["repeated"] += 1
            else:
                taken.add(child.anion)
                chosen = tuple(dict.fromkeys(parents[one] for one in drawn[:used]))
                proposals.append(
                    Proposal(smiles=child.smiles, generator=self.name, parents=chosen, how=how)
                )
        return proposals

    def _child(
        self, graphs: Sequence[AcidGraph], generator: np.random.Generator
    ) -> tuple[str, int, Acid | str]:
        """What was done, to how many parents, and the child or why there is none."""
        how, made = "", None
        if generator.random() < _CROSSOVER_SHARE:
            how, made = cross(graphs[0], graphs[1], generator)
        if made is None:
            how, made = mutate(graphs[0], generator)
            return how, 1, self._born(made)
        child = self._born(made)
        if isinstance(child, str) or generator.random() < 0.5:
            return how, 2, child
        then, made = mutate(read_graph(child.smiles), generator)
        return f"{how}, {then}", 2, self._born(made)

    def _born(self, molecule: Any | None) -> Acid | str:
        """The acid of a graph that was edited, or the reason why there is none."""
        from rdkit import Chem, rdBase

        if molecule is None:
            return "no-place"
        if molecule.GetNumAtoms() > self._max_heavy_atoms:
            return "too-large"
        try:
            with rdBase.BlockLogs():
                Chem.SanitizeMol(molecule)
        except ValueError:
            return "impossible-valence"
        if reason := implausible(molecule):
            return reason
        smiles = Chem.MolToSmiles(molecule)
        return "in-pieces" if "." in smiles else read_one_headed(smiles)
