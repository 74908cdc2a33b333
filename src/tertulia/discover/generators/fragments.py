"""Fragment assembly: acid heads on cores with electron-withdrawing groups, all or at random.

The idea is that of combinatorial libraries: a small alphabet of synthetically known pieces whose
products a chemist can name. Enumeration is in one fixed order; nothing is drawn by chance there.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tertulia.discover.generators.acid_frames import FRAMES
from tertulia.discover.generators.acid_head import read_one_headed
from tertulia.discover.generators.building_blocks import CORES, HEADS
from tertulia.discover.generators.proposal import Proposal
from tertulia.discover.molecules.acid import Acid

MAX_HEAVY_ATOMS = 22
"""Of what is proposed: triphenylsulfonium is heavy enough."""
_TRIALS_FOR_EACH = 30


@dataclass(frozen=True, kw_only=True)
class Scaffold:
    """An acid with slots: a head on a core, or a whole acid."""

    head: str
    core: str
    smiles: str
    groups: tuple[str, ...]
    limit: int

    @property
    def slots(self) -> int:
        """How many places a group can take."""
        return self.smiles.count("{}")

    def filled(self, groups: Sequence[str]) -> str:
        """SMILES with `groups`, one for each slot, the empty text where it stays hydrogen."""
        return self.smiles.format(*(f"({group})" if group else "" for group in groups))


@cache
def scaffolds() -> tuple[Scaffold, ...]:
    """All of them in their fixed order: heads on cores, then whole acids."""
    on_cores = [
        Scaffold(
            head=head.name,
            core=core.name,
            smiles=head.smiles + core.smiles,
            groups=core.groups,
            limit=core.limit,
        )
        for head in HEADS
        for kind in head.on.split()
        for core in CORES[kind]
    ]
    whole = [
        Scaffold(
            head=frame.name,
            core="",
            smiles=frame.smiles,
            groups=frame.groups,
            limit=frame.limit,
        )
        for frame in FRAMES
    ]
    return (*on_cores, *whole)


def enumerate_acids(max_heavy_atoms: int = MAX_HEAVY_ATOMS) -> Iterator[Acid]:
    """Every acid that can be assembled, each anion once, in one fixed order."""
    written: set[str] = set()
    seen: set[str] = set()
    for scaffold in scaffolds():
        for groups in _fillings(scaffold, max_heavy_atoms):
            smiles = scaffold.filled(groups)
            # Positions that mirror each other give one molecule: seen before acid_of, which costs.
            if (canonical := _canonical(smiles)) in written:
                continue
            written.add(canonical)
            acid = read_one_headed(smiles)
            if isinstance(acid, Acid) and acid.anion not in seen:
                seen.add(acid.anion)
                yield acid


class Fragments:
    """Draws assembled acids: a head first, each as likely, then core, groups and places."""

    name = "fragments"

    def __init__(self, max_heavy_atoms: int = MAX_HEAVY_ATOMS) -> None:
        self._max_heavy_atoms = max_heavy_atoms
        self.dropped: Counter[str] = Counter()

    def propose(self, parents: Sequence[str], count: int, *, seed: int) -> list[Proposal]:
        """At most `count` acids, no two with the same anion; `parents` play no part."""
        generator = np.random.Generator(np.random.PCG64(seed))
        taken: set[str] = set()
        proposals: list[Proposal] = []
        for _ in range(_TRIALS_FOR_EACH * count):
            if len(proposals) == count:
                break
            scaffold, groups = _drawn(generator)
            if heavy_atoms(scaffold.filled(groups)) > self._max_heavy_atoms:
                self.dropped["too-large"] += 1
                continue
            acid = read_one_headed(scaffold.filled(groups))
            if isinstance(acid, str):
                self.dropped[acid] += 1
            elif acid.anion in taken:
                self.dropped["repeated"] += 1
            else:
                taken.add(acid.anion)
                proposals.append(self._proposal(acid, scaffold, groups))
        return proposals

    def _proposal(self, acid: Acid, scaffold: Scaffold, groups: Sequence[str]) -> Proposal:
        built = scaffold.head + (f" on {scaffold.core}" if scaffold.core else "")
        carried = ", ".join(group for group in groups if group)
        how = f"{built} with {carried}" if carried else built
        return Proposal(smiles=acid.smiles, generator=self.name, how=how)


def heavy_atoms(smiles: str) -> int:
    """Heavy atoms of a SMILES that holds no explicit hydrogen but in brackets."""
    return len(_ATOM.findall(smiles))


_ATOM = re.compile(r"\[[^\]]+\]|Cl|Br|[BCNOPSFI]|[bcnops]")


def _fillings(scaffold: Scaffold, max_heavy_atoms: int) -> Iterator[tuple[str, ...]]:
    """The groups in all slots: none first, then one, two and so on."""
    room = max_heavy_atoms - heavy_atoms(scaffold.smiles)
    sizes = {group: heavy_atoms(group) for group in scaffold.groups}
    for filled in range(min(scaffold.limit, scaffold.slots) + 1):
        for places in itertools.combinations(range(scaffold.slots), filled):
            for groups in itertools.product(scaffold.groups, repeat=filled):
                if sum(sizes[group] for group in groups) <= room:
                    at = dict(zip(places, groups, strict=True))
                    yield tuple(at.get(slot, "") for slot in range(scaffold.slots))


@cache
def _by_head() -> dict[str, tuple[Scaffold, ...]]:
    heads = dict.fromkeys(scaffold.head for scaffold in scaffolds())
    return {
        head: tuple(scaffold for scaffold in scaffolds() if scaffold.head == head) for head in heads
    }


def _drawn(generator: np.random.Generator) -> tuple[Scaffold, list[str]]:
    by_head = list(_by_head().values())
    choices = by_head[generator.integers(len(by_head))]
    scaffold = choices[generator.integers(len(choices))]
    filled = int(generator.integers(min(scaffold.limit, scaffold.slots) + 1))
    groups = [""] * scaffold.slots
    for place in generator.choice(scaffold.slots, size=filled, replace=False):
        groups[place] = scaffold.groups[generator.integers(len(scaffold.groups))]
    return scaffold, groups


def _canonical(smiles: str) -> str:
    from rdkit import Chem

    molecule = Chem.MolFromSmiles(smiles)
    assert molecule is not None, smiles
    return str(Chem.MolToSmiles(molecule))
