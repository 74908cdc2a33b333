"""Near-duplicates of the whole corpus: who is dropped, and for which kept document.

Documents have a rank; the lower stays. Taken in the order of ranks, a document is dropped if it
is similar enough to one that is kept (their exact Jaccard similarity, not an estimate), else it is
kept. So every dropped document is similar to a *kept* one, never only to another dropped one at
the far end of a chain, and no two kept documents that met in a band are similar.

It is computed in rounds, not one by one: a document that is the best of all its buckets has
nothing better to fear and is kept; all it meets are compared with it, and the similar ones drop
out of their buckets. Then the next ones are the best of theirs. The result is that of the order of
ranks whatever the parts, ranges or batches are (the greedy independent set; Blelloch, Fineman and
Shun 2012).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.duplicates.buckets import (
    NO_RANK,
    follows,
    in_company,
    read_buckets,
    write_buckets,
)
from tertulia.corpus.duplicates.budget import Budget
from tertulia.corpus.duplicates.signatures import bands_of
from tertulia.corpus.duplicates.verify import ShingleSets
from tertulia.recipe.duplicates_spec import DuplicatesSpec

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

MOST_ROUNDS = 1000
"""Then what is undecided stays: thousands of texts of one form, no two of them similar enough,
would else each be compared with each."""

_UNDECIDED, _CHOSEN, _KEPT, _DROPPED = range(4)


@dataclass(frozen=True, kw_only=True)
class NearDuplicates:
    """What the search found."""

    clusters: pl.DataFrame
    """Dropped documents in ascending order: document u32, kept u32, similarity f32."""
    rounds: int
    compared: int
    """Pairs whose similarity was computed."""
    unsettled: int
    """Documents that stay because `MOST_ROUNDS` were over before all comparisons were made."""


def near_duplicates(
    folder: Path,
    parts: int,
    ranks: NDArray[np.uint32],
    spec: DuplicatesSpec,
    budget: Budget,
    scratch: Path,
) -> NearDuplicates:
    """Finds near-duplicates among the documents of `parts` parts, whose signatures are in `folder`.

    `ranks` [D] is by document number (parts in order, rows in order): all different, the lower
    stays, `NO_RANK` for documents that are dropped already. `scratch` is emptied afterwards.
    Raises DataError `corpus.truncated` where a file of signatures is damaged.
    """
    sets = ShingleSets(folder, parts, budget.batch_shingles)
    assert len(sets) == len(ranks), f"{len(sets)} signatures, {len(ranks)} ranks"
    scratch.mkdir(parents=True, exist_ok=True)
    files = write_buckets(
        folder, sets.ranked(ranks), sets.part_starts, bands_of(spec).count, budget.ranges, scratch
    )
    search = _Search(sets, ranks, spec.threshold or 1.0, files)
    unsettled = search.run()
    shutil.rmtree(scratch)
    return NearDuplicates(
        clusters=search.clusters(),
        rounds=search.rounds,
        compared=search.compared,
        unsettled=unsettled,
    )


class _Search:
    """The rounds; arrays are by rank, or by document where they say so."""

    def __init__(
        self,
        sets: ShingleSets,
        ranks: NDArray[np.uint32],
        threshold: float,
        files: Sequence[Path],
    ) -> None:
        import numpy as np

        self._sets, self._threshold, self._files = sets, threshold, list(files)
        self._document = _inverse(ranks)
        self._state = np.full(len(ranks), _KEPT, dtype=np.uint8)
        self._blocked = np.zeros(len(ranks), dtype=bool)
        """Whether a better document that is undecided shares a bucket; clear between rounds."""
        self._kept_by = np.full(len(ranks), NO_RANK, dtype=np.uint32)
        """By document: the document that it was dropped for."""
        self._similarity = np.zeros(len(ranks), dtype=np.float32)
        """By document."""
        self.rounds = 0
        self.compared = 0
        for path in self._files:
            self._state[read_buckets(path)[1]] = _UNDECIDED

    def run(self) -> int:
        """Goes on until all is decided or the rounds are over; returns how many are undecided."""
        import numpy as np

        while self.rounds < MOST_ROUNDS:
            chosen = self._choose()
            if not self._files:
                return 0
            for path in self._files:
                self._compare(path)
            self._state[chosen] = _KEPT
            self.rounds += 1
        left = [np.unique(read_buckets(path)[1]) for path in self._files]
        undecided = np.unique(np.concatenate(left))
        return int(np.count_nonzero(self._state[undecided] == _UNDECIDED))

    def clusters(self) -> pl.DataFrame:
        import numpy as np
        import polars as pl

        dropped = np.flatnonzero(self._kept_by != NO_RANK)
        return pl.DataFrame(
            {
                "document": dropped.astype(np.uint32),
                "kept": self._kept_by[dropped],
                "similarity": self._similarity[dropped],
            }
        )

    def _choose(self) -> NDArray[np.uint32]:
        """The undecided documents that are the best of all their buckets: set to chosen."""
        import numpy as np

        left, firsts = [], []
        for path in self._files:
            keys, ranks = read_buckets(path)
            live = keys[self._state[ranks] == _UNDECIDED]
            live = live[in_company(live)]
            if len(live) < len(keys):
                live.tofile(path)
            if len(live):
                left.append(path)
            later = follows(live)
            self._blocked[live[later].astype(np.uint32)] = True
            firsts.append(live[~later].astype(np.uint32))
        self._files = left
        best = np.concatenate([*firsts, np.zeros(0, np.uint32)])
        chosen: NDArray[np.uint32] = best[~self._blocked[best]]
        self._state[chosen] = _CHOSEN
        return chosen

    def _compare(self, path: Path) -> None:
        """Drops what is similar to the chosen document of its bucket."""
        import numpy as np

        keys, ranks = read_buckets(path)
        self._blocked[ranks] = False
        later = follows(keys)
        firsts = np.flatnonzero(~later)
        lengths = np.diff(np.append(firsts, len(keys)))
        chosen = self._state[ranks[firsts]] == _CHOSEN
        leaders = np.repeat(ranks[firsts], np.where(chosen, lengths, 0))
        members = ranks[np.repeat(chosen, lengths)]
        undecided = self._state[members] == _UNDECIDED
        kept, tried = self._document[leaders[undecided]], self._document[members[undecided]]
        if not len(tried):
            return
        similarity = self._sets.similarities(kept, tried, self._threshold)
        self.compared += len(tried)
        similar = similarity >= self._threshold
        self._state[members[undecided][similar]] = _DROPPED
        self._kept_by[tried[similar]] = kept[similar]
        self._similarity[tried[similar]] = similarity[similar]


def _inverse(ranks: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """[D]: the document of each rank."""
    import numpy as np

    documents = np.zeros(len(ranks), dtype=np.uint32)
    taking_part = np.flatnonzero(ranks != NO_RANK)
    documents[ranks[taking_part]] = taking_part
    return documents
