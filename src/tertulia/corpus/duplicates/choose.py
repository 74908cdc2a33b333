"""Which copy stays: the measured one, then the freest, then the best, then the first.

Rows of the corpus's index are documents; a document's number is its row. Held-out text comes
before unseen and unseen before training text, so that what is measured is never trained on; then
the licence's openness, 0 the freest; then quality, the higher the better; then the row, which is
the order of the sources in the recipe, of files in a source, of documents in a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tertulia.corpus.document import SPLITS
from tertulia.corpus.duplicates.buckets import NO_RANK

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

DUPLICATE = "duplicate"
NEAR_DUPLICATE = "near-duplicate"
IN_HELD_OUT = "in-held-out"
ID_REPEATED = "id-repeated"

_STEPS = ("", "repeated-ids", "exact-duplicates", "near-duplicates")
_REASONS = ("", ID_REPEATED, DUPLICATE, NEAR_DUPLICATE)
_REPEATED, _EQUAL, _NEAR = 1, 2, 3
_SPLIT_ORDER = ("held_out", "unseen", "train")


@dataclass(frozen=True)
class Choice:
    """Which documents are dropped so far, and for which; 9 bytes a document."""

    ranks: NDArray[np.uint32]
    """[D]: place of each document in the order of preference, 0 the best."""
    step: NDArray[np.uint8]
    """[D]: 0 for a document that stays, else the step that drops it."""
    kept_by: NDArray[np.uint32]
    """[D]: number of the document that it is dropped for, which may be dropped later itself."""

    def ranks_left(self) -> NDArray[np.uint32]:
        """`ranks`, but `NO_RANK` for documents that are dropped."""
        import numpy as np

        return np.where(self.step == 0, self.ranks, np.uint32(NO_RANK))


def order_of_preference(index: pl.DataFrame) -> Choice:
    """Nothing dropped yet, with the ranks that split, licence and quality give.

    Takes about 30 bytes a document while it sorts. A quality that is no number is the worst.
    """
    import numpy as np

    split_order = np.array([_SPLIT_ORDER.index(split) for split in SPLITS], dtype=np.uint64)
    keys = split_order[index["split"].to_numpy()] << np.uint64(40)
    keys |= index["licence"].to_numpy().astype(np.uint64) << np.uint64(32)
    keys |= _worse_first(index["quality"].to_numpy())
    order = np.argsort(keys, kind="stable").astype(np.uint32)
    del keys
    ranks = np.empty(len(order), dtype=np.uint32)
    ranks[order] = np.arange(len(order), dtype=np.uint32)
    return Choice(
        ranks=ranks,
        step=np.zeros(len(order), dtype=np.uint8),
        kept_by=np.full(len(order), NO_RANK, dtype=np.uint32),
    )


def repeated_ids(index: pl.DataFrame, choice: Choice) -> None:
    """Drops all but the best document of each id; those of equal text count as duplicates.

    Comes before `exact_duplicates`: else a text could be dropped for an equal one that is then
    dropped for another text under its id, and be lost.
    """
    import numpy as np

    dropped, kept = _all_but_best([index["id_hash"].to_numpy()], choice)
    equal = np.ones(len(dropped), dtype=bool)
    for column in ("key_hi", "key_lo"):
        values = index[column].to_numpy()
        equal &= values[dropped] == values[kept]
    choice.step[dropped] = np.where(equal, _EQUAL, _REPEATED)
    choice.kept_by[dropped] = kept


def exact_duplicates(index: pl.DataFrame, choice: Choice) -> None:
    """Drops all but the best of the documents whose 128-bit text hashes are equal."""
    keys = [index[column].to_numpy() for column in ("key_hi", "key_lo")]
    dropped, kept = _all_but_best(keys, choice)
    choice.step[dropped] = _EQUAL
    choice.kept_by[dropped] = kept


def drop_near(clusters: pl.DataFrame, choice: Choice) -> None:
    """Drops what `near_duplicates` found: columns document and kept."""
    documents = clusters["document"].to_numpy()
    assert not choice.step[documents].any(), "a document is dropped twice"
    choice.step[documents] = _NEAR
    choice.kept_by[documents] = clusters["kept"].to_numpy()


def dropped_documents(index: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """Dropped documents in ascending order: document u32, kept u32, step and dropped (reason).

    `kept` stays in the corpus: where a copy was kept for a while and then dropped for a better
    one, it is the better one. Reason `in-held-out` for training text kept as another split's.
    """
    import numpy as np
    import polars as pl

    documents = np.flatnonzero(choice.step)
    kept = choice.kept_by[documents]
    while True:
        gone = np.flatnonzero(choice.step[kept])
        if not len(gone):
            break
        kept[gone] = choice.kept_by[kept[gone]]
    split = index["split"].to_numpy()
    train = SPLITS.index("train")
    measured = (split[documents] == train) & (split[kept] != train)
    reasons = np.where(measured, len(_REASONS), choice.step[documents])
    return pl.DataFrame(
        {
            "document": documents.astype(np.uint32),
            "kept": kept,
            "step": _named(choice.step[documents], _STEPS),
            "dropped": _named(reasons, (*_REASONS, IN_HELD_OUT)),
        }
    )


def _named(places: NDArray[np.generic], names: tuple[str, ...]) -> pl.Series:
    """A column of few names, a byte a row."""
    import polars as pl

    kinds = pl.Enum(names)
    return pl.Series(places.astype("uint32")).replace_strict(
        list(range(len(names))), pl.Series(names, dtype=kinds), return_dtype=kinds
    )


def _worse_first(quality: NDArray[np.float32]) -> NDArray[np.uint64]:
    """32 bits that ascend as quality falls; what is no number comes last."""
    import numpy as np

    values = np.where(np.isnan(quality), np.float32("-inf"), quality).astype(np.float32)
    # -0.0 is equal to 0.0, and its bits are not.
    bits = (values + np.float32(0)).view(np.uint32)
    ascending = np.where(bits >> 31 == 1, ~bits, bits | np.uint32(1 << 31))
    return (~ascending).astype(np.uint64)


def _all_but_best(
    keys: list[NDArray[np.uint64]], choice: Choice
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Of documents left that are equal in all keys: those that are not best, and their best."""
    import numpy as np

    rows = np.flatnonzero(choice.step == 0).astype(np.uint32)
    first = keys[0][rows]
    order = np.argsort(first).astype(np.uint32)
    first = first[order]
    equal = first[1:] == first[:-1]
    shared = np.zeros(len(rows), dtype=bool)
    shared[1:] = equal
    shared[:-1] |= equal
    candidates = rows[order[shared]]
    del rows, order, first, equal, shared
    sort_by: list[NDArray[Any]] = [key[candidates] for key in keys]
    candidates = candidates[np.lexsort([choice.ranks[candidates], *reversed(sort_by)])]
    begins = np.ones(len(candidates), dtype=bool)
    begins[1:] = np.logical_or.reduce([key[candidates[1:]] != key[candidates[:-1]] for key in keys])
    best = candidates[np.flatnonzero(begins)][np.cumsum(begins) - 1]
    return candidates[~begins].astype(np.int64), best[~begins]
