"""Buckets: documents with an equal band, on disk, the best document of each bucket first.

A bucket is a run of 64-bit keys, band hash above and the document's rank below. One file holds
the buckets of one band whose hashes lie in one range; it is what is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.duplicates.signatures import signature_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_RANK = 0xFFFFFFFF
"""Rank of a document that takes no part."""


def write_buckets(
    folder: Path,
    ranks: NDArray[np.uint32],
    part_starts: NDArray[np.int64],
    bands: int,
    ranges: int,
    scratch: Path,
) -> list[Path]:
    """Writes the buckets of two documents and more; documents of `NO_RANK` are in none.

    `ranks` [D] is by document; part `p` in `folder` has the documents from `part_starts[p]` on.
    """
    files = []
    for band in range(bands):
        for number in range(ranges):
            keys = _keys(folder, ranks, part_starts, band, number, ranges)
            keys.sort()
            path = scratch / f"{band:03}.{number:05}.buckets"
            keys[in_company(keys)].tofile(path)
            files.append(path)
    return files


def read_buckets(path: Path) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The keys of a file, and the ranks in them."""
    import numpy as np

    keys = np.fromfile(path, dtype=np.uint64)
    return keys, keys.astype(np.uint32)


def in_company(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the sorted keys share their band hash with another."""
    import numpy as np

    later = follows(keys)
    result: NDArray[np.bool_] = later.copy()
    result[:-1] |= later[1:]
    return np.asarray(result, dtype=bool)


def follows(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the sorted keys have the band hash of the key before: all but a bucket's first."""
    import numpy as np

    hashes = (keys >> np.uint64(32)).astype(np.uint32)
    result = np.zeros(len(keys), dtype=bool)
    np.equal(hashes[1:], hashes[:-1], out=result[1:])
    return result


def _keys(
    folder: Path,
    ranks: NDArray[np.uint32],
    part_starts: NDArray[np.int64],
    band: int,
    number: int,
    ranges: int,
) -> NDArray[np.uint64]:
    """Keys of the documents whose hash of a band lies in a range, in no order."""
    import numpy as np

    found = []
    for part, (start, end) in enumerate(_spans(part_starts)):
        hashes = np.fromfile(
            signature_file(folder, part, "bands"),
            dtype="<u4",
            count=end - start,
            offset=4 * band * (end - start),
        ).astype(np.uint64)
        rank = ranks[start:end]
        wanted = rank != NO_RANK
        if ranges > 1:
            wanted &= (hashes * np.uint64(ranges)) >> np.uint64(32) == number
        found.append((hashes[wanted] << np.uint64(32)) | rank[wanted])
    return np.concatenate([*found, np.zeros(0, np.uint64)])


def _spans(part_starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    for start, end in pairwise(part_starts):
        yield int(start), int(end)
