"""The training tokens that a model has seen, as text for the n-gram baseline.

`seen.parquet` of a pretrained model has columns language, offset, length: ranges of the shards
`train-LANG.bin`. Ranges that touch or overlap are one piece, so that the baseline counts across
the cuts of training rows, and each token once however often it was repeated.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tertulia.errors import DataError
from tertulia.evaluate.kneser_ney import TokenText


def read_seen_tokens(
    pretrain: Path, tokens: Path, *, vocabulary: int, bos: int, eos: int
) -> TokenText:
    """The union of the seen ranges of all languages, cut where documents begin.

    That is at a BOS which is first or follows an EOS: some tokenizers have one id for both.
    """
    import polars as pl

    table = pl.read_parquet(pretrain / "seen.parquet")
    dtype = np.dtype("<u2") if vocabulary <= 65_536 else np.dtype("<u4")
    ids: list[NDArray[np.int64]] = []
    begins: list[NDArray[np.bool_]] = []
    for language in sorted(table["language"].unique()):
        shard = np.memmap(tokens / f"train-{language}.bin", dtype=dtype, mode="r")
        rows = table.filter(pl.col("language") == language)
        places = _union(
            rows["offset"].to_numpy().astype(np.int64),
            rows["length"].to_numpy().astype(np.int64),
            len(shard),
            where=f"seen.parquet, language {language}",
        )
        if len(places) == 0:
            continue
        values = np.asarray(shard[places], dtype=np.int64)
        ids.append(values)
        first = (places == 0) | (shard[np.maximum(places - 1, 0)] == eos)
        begins.append(((values == bos) & first) | (np.diff(places, prepend=-2) != 1))
    if not ids:
        return TokenText.from_pieces([])
    return TokenText(np.concatenate(ids), np.flatnonzero(np.concatenate(begins)))


def _union(
    offsets: NDArray[np.int64], lengths: NDArray[np.int64], size: int, where: str
) -> NDArray[np.int64]:
    """Positions that lie in at least one range, ascending."""
    ends = offsets + lengths
    if len(offsets) and (offsets.min() < 0 or ends.max() > size):
        raise DataError(
            "evaluate.seen-out-of-range",
            f"a range of seen tokens passes the end of its shard, which holds {size} tokens",
            where=where,
            remedy="Run the recipe again from the stage tokens",
        )
    depth = np.zeros(size + 1, dtype=np.int32)
    np.add.at(depth, offsets, 1)
    np.add.at(depth, ends, -1)
    return np.flatnonzero(np.cumsum(depth[:-1]) > 0)
