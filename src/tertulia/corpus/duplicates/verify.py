"""Exact Jaccard similarity of pairs of documents, their shingle sets read from disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.duplicates.buckets import NO_RANK
from tertulia.corpus.duplicates.signatures import signature_file
from tertulia.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GAP = 4096
"""Shingles between two documents of a file that are rather read than skipped."""


class ShingleSets:
    """The shingle sets of all parts: where each document's lies, and what pairs have in common."""

    def __init__(self, folder: Path, parts: int, batch_shingles: int) -> None:
        """Reads the sizes of all sets, 8 bytes a document; no set yet."""
        import numpy as np

        self._folder = folder
        self._batch = batch_shingles
        sizes = [
            np.fromfile(signature_file(folder, part, "sizes"), dtype="<u4") for part in range(parts)
        ]
        self.part_starts = np.cumsum([0, *(len(part) for part in sizes)])
        """[parts + 1]: number of the first document of each part."""
        self._offsets = np.zeros(self.part_starts[-1] + 1, dtype=np.int64)
        np.cumsum(np.concatenate([*sizes, np.zeros(0, "<u4")]), out=self._offsets[1:])

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def sizes(self, documents: NDArray[np.uint32]) -> NDArray[np.int64]:
        """How many shingles each of these documents has."""
        sizes: NDArray[np.int64] = self._offsets[documents.astype("int64") + 1]
        sizes -= self._offsets[documents]
        return sizes

    def ranked(self, ranks: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """`ranks`, but `NO_RANK` for documents without a shingle."""
        import numpy as np

        return np.where(np.diff(self._offsets) > 0, ranks, np.uint32(NO_RANK))

    def similarities(
        self, first: NDArray[np.uint32], second: NDArray[np.uint32], threshold: float
    ) -> NDArray[np.float64]:
        """[P]: Jaccard similarity of each pair; 0 for pairs whose sizes alone rule `threshold` out.

        At no time are more shingles held than a batch has, but for a single pair that has more.
        """
        import numpy as np

        result = np.zeros(len(first))
        a, b = self.sizes(first), self.sizes(second)
        possible = np.flatnonzero(np.minimum(a, b) / np.maximum(np.maximum(a, b), 1) >= threshold)
        ends = np.cumsum((a + b)[possible])
        at = 0
        while at < len(possible):
            base = ends[at - 1] if at else 0
            stop = max(at + 1, int(np.searchsorted(ends, base + self._batch, side="right")))
            batch = possible[at:stop]
            common = self._common(first[batch], second[batch])
            union = a[batch] + b[batch] - common
            result[batch] = common / union
            at = stop
        return result

    def _common(self, first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.int64]:
        """[P]: size of the intersection of each pair's sets."""
        import numpy as np

        documents, places = np.unique(np.concatenate([first, second]), return_inverse=True)
        raw, starts = self._read(documents.astype(np.int64))
        lengths = self.sizes(documents)[places]
        begins = np.cumsum(lengths) - lengths
        inside = np.arange(int(lengths.sum())) + np.repeat(starts[places] - begins, lengths)
        pair = np.tile(np.arange(len(first), dtype=np.uint64), 2)
        keys = np.repeat(pair << np.uint64(32), lengths)
        keys |= raw[inside]
        del inside, raw
        keys.sort()
        # A set holds each shingle once: two equal keys are one shingle of both.
        equal = keys[:-1][keys[1:] == keys[:-1]]
        return np.bincount((equal >> np.uint64(32)).astype(np.int64), minlength=len(first))

    def _read(self, documents: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """What holds the sets of ascending documents, and where in it each begins."""
        import numpy as np

        begins, ends = self._offsets[documents], self._offsets[documents + 1]
        parts = np.searchsorted(self.part_starts, documents, side="right") - 1
        apart = (begins[1:] - ends[:-1] > _GAP) | (parts[1:] != parts[:-1])
        firsts = np.concatenate([[0], np.flatnonzero(apart) + 1])
        lasts = np.concatenate([firsts[1:], [len(documents)]]) - 1
        lengths = ends[lasts] - begins[firsts]
        into = np.cumsum(lengths) - lengths
        raw = np.empty(int(lengths.sum()), dtype="<u4")
        starts = begins + np.repeat(into - begins[firsts], lasts - firsts + 1)
        places = begins[firsts] - self._offsets[self.part_starts[parts[firsts]]]
        for part in np.unique(parts[firsts]):
            with signature_file(self._folder, int(part), "shingles").open("rb", 0) as file:
                for run in np.flatnonzero(parts[firsts] == part):
                    file.seek(4 * int(places[run]))
                    piece = raw[into[run] : into[run] + lengths[run]]
                    if file.readinto(piece.data.cast("B")) != piece.nbytes:
                        raise DataError(
                            "corpus.truncated", "a file of shingles ends early", where=file.name
                        )
        return raw, starts
