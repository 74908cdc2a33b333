"""Counts the runs of words that a document shares with evaluation suites, and decides by them.

Columns: `contamination.ngrams` (Int32, runs found), `contamination.share` (Float32, the part of
its words that lie in them), `contamination.suite` (String, the suite with most of them).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.step import DROPPED, Step
from tertulia.recipe.contamination_spec import ContaminationSpec

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from tertulia.corpus.contamination.index import Index

CONTAMINATED = "contaminated"
NGRAMS, SHARE, SUITE = "contamination.ngrams", "contamination.share", "contamination.suite"


def contamination(index_folder: Path) -> Step:
    """The step that counts; it drops nothing. The index is loaded with the first batch.

    Raises DataError `corpus.bad-index` when it is applied.
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        from tertulia.corpus.contamination.index import index_meta

        index = _loaded(index_folder, index_meta(index_folder)["digest"])
        counted = _counted(frame["text"], index)
        return frame.with_columns(*counted, pl.lit(None, pl.String).alias(DROPPED))

    return Step(name="contamination", version=1, apply=apply)


def contamination_decision(spec: ContaminationSpec) -> Step:
    """Drops what shares more runs than `max_ngrams` in more of its words than `max_share`.

    Reason `contaminated`; needs the columns that `contamination` adds.
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        over = (pl.col(NGRAMS) > spec.max_ngrams) & (pl.col(SHARE) > spec.max_share)
        reason = pl.when(over).then(pl.lit(CONTAMINATED)).otherwise(None)
        return frame.with_columns(reason.cast(pl.String).alias(DROPPED))

    return Step(name="contamination-decision", version=1, apply=apply)


@lru_cache(maxsize=2)
def _loaded(folder: Path, digest: str) -> Index:
    """A worker counts many batches against one index; another one in its place is another."""
    from tertulia.corpus.contamination.index import load_index

    return load_index(folder)


def _counted(texts: pl.Series, index: Index) -> list[pl.Series]:
    import numpy as np
    import polars as pl

    from tertulia.corpus.contamination.ngrams import runs, words_of

    words = words_of(texts)
    sizes = np.diff(words.starts)
    found, owners = [np.empty(0, np.int64)], [np.empty(0, np.uint16)]
    edges = np.zeros(len(words.hashes) + 1, dtype=np.int32)
    for length, hashes, first in runs(words, index.lengths):
        places, suites = index.find(hashes)
        found.append(first[places])
        owners.append(suites)
        np.add.at(edges, first[places], 1)
        np.add.at(edges, first[places] + length, -1)
    documents = np.searchsorted(words.starts, np.concatenate(found), side="right") - 1
    covered = np.concatenate(([0], np.cumsum(np.cumsum(edges[:-1]) > 0)))[words.starts]
    share = np.diff(covered) / np.maximum(sizes, 1)
    return [
        pl.Series(NGRAMS, np.bincount(documents, minlength=len(texts)), dtype=pl.Int32),
        pl.Series(SHARE, share.astype(np.float32)),
        _suites(documents, np.concatenate(owners), index.suites, len(texts)),
    ]


def _suites(
    documents: NDArray[np.int64], owners: NDArray[np.uint16], names: tuple[str, ...], height: int
) -> pl.Series:
    """The suite with most runs of each document, the first by name of equals; null without any."""
    import numpy as np
    import polars as pl

    keys, counts = np.unique(documents * max(len(names), 1) + owners, return_counts=True)
    document, owner = np.divmod(keys, max(len(names), 1))
    order = np.lexsort((owner, -counts, document))
    document, owner = document[order], owner[order]
    first = np.flatnonzero(np.diff(document, prepend=-1))
    chosen: list[str | None] = [None] * height
    for row, number in zip(document[first].tolist(), owner[first].tolist(), strict=True):
        chosen[row] = names[number]
    return pl.Series(SUITE, chosen, dtype=pl.String)
