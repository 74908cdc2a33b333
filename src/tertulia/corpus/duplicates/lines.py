"""Lines that many documents share: menus, notices of cookies, headers of a gazette.

Lines are compared by their words (lower case, no punctuation), those with too few letters not at
all. A line of more than K documents is taken out of all of them, the first included: to know
which is first takes an order over the whole corpus, and boilerplate is worth no more the first
time. What that could cost, copies of one text that empty each other, is why K is not given by
default, should be high (hundreds), and counts are best taken of texts that are no exact
duplicates. A text of a single line is never touched: it is the text, not its frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.duplicates.words import MULTIPLIER, mix, words
from tertulia.corpus.step import DROPPED, Step
from tertulia.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from tertulia.recipe.duplicates_spec import DuplicatesSpec

ONLY_REPEATED_LINES = "only-repeated-lines"
REMOVED = "lines.removed"

_BYTES_A_COUNT = 64
"""At the peak of merging: hash and count, twice, and the group-by's table."""
_LEAST_MEMORY = 16_000_000


def line_counts(texts: pl.Series, spec: DuplicatesSpec) -> pl.DataFrame:
    """Columns hash u64 (ascending) and documents u32: in how many of these texts each line is."""
    import polars as pl

    lines = _lines(texts)
    return (
        lines.with_columns(_hashes(lines["line"], spec.line_letters))
        .filter(pl.col("hash").is_not_null())
        .select("row", "hash")
        .unique()
        .group_by("hash")
        .agg(pl.len().cast(pl.UInt32).alias("documents"))
        .sort("hash")
    )


def frequent_lines(
    count_files: Sequence[Path], spec: DuplicatesSpec, memory_bytes: int
) -> NDArray[np.uint64]:
    """Hashes, ascending, of the lines that more than `spec.lines` documents have, over all files.

    Files are Parquet as `line_counts` makes them. Goes over them once for each range of hashes
    that `memory_bytes` makes necessary. Raises DataError `corpus.too-little-memory` below 16 MB.
    """
    import numpy as np
    import polars as pl
    import pyarrow.parquet as pq

    if memory_bytes < _LEAST_MEMORY:
        raise DataError(
            "corpus.too-little-memory",
            f"counting lines takes {_LEAST_MEMORY / 1e6:.0f} MB of memory at least",
            remedy="Allow more memory in the machine profile",
        )
    if spec.lines is None:
        return np.zeros(0, dtype=np.uint64)
    rows = sum(pq.read_metadata(path).num_rows for path in count_files)
    ranges = max(1, -(-rows * _BYTES_A_COUNT // memory_bytes))
    found = []
    for number in range(ranges):
        low, high = (-(-(at << 64) // ranges) for at in (number, number + 1))
        inside = pl.col("hash").is_between(pl.lit(low, pl.UInt64), pl.lit(high - 1, pl.UInt64))
        counts = pl.concat(
            [
                pl.DataFrame(schema={"hash": pl.UInt64, "documents": pl.UInt32}),
                *(pl.read_parquet(path, memory_map=False).filter(inside) for path in count_files),
            ]
        )
        total = counts.group_by("hash").agg(pl.col("documents").cast(pl.UInt64).sum())
        found.append(total.filter(pl.col("documents") > spec.lines)["hash"].sort().to_numpy())
    return np.concatenate(found)


def repeated_lines(frequent: NDArray[np.uint64], spec: DuplicatesSpec) -> Step:
    """Takes frequent lines out of documents of two lines and more.

    Attribute `lines.removed` (Int32, UTF-8 bytes); reason `only-repeated-lines` where nothing is
    left. `frequent` is what `frequent_lines` returns.
    """
    return Step(
        name="repeated-lines",
        version=1,
        apply=lambda frame: _without(frame, frequent, spec.line_letters),
    )


def _without(frame: pl.DataFrame, frequent: NDArray[np.uint64], letters: int) -> pl.DataFrame:
    import polars as pl

    lines = _lines(frame["text"])
    lines = lines.with_columns(_hashes(lines["line"], letters))
    several = pl.col("line").str.strip_chars().str.len_bytes().gt(0).sum().over("row") > 1
    lines = lines.with_columns(
        (pl.Series("frequent", _is_in(lines["hash"], frequent)) & several).alias("frequent")
    )
    touched = lines.filter(pl.col("frequent").any().over("row"))
    left = (
        touched.filter(~pl.col("frequent"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("line").str.join("\n").alias("left"))
    )
    rows = touched.select("row").unique().join(left, on="row", how="left")
    rows = rows.with_columns(pl.col("left").fill_null("").str.strip_chars("\n"))
    joined = frame.with_row_index("row").join(rows, on="row", how="left", maintain_order="left")
    text, left_text = pl.col("text"), pl.col("left")
    lost = text.str.len_bytes().cast(pl.Int32) - left_text.str.len_bytes().cast(pl.Int32)
    empty = left_text.str.strip_chars().str.len_bytes() == 0
    return joined.with_columns(
        pl.coalesce(left_text, text).alias("text"),
        lost.fill_null(0).alias(REMOVED),
        pl.when(empty).then(pl.lit(ONLY_REPEATED_LINES)).otherwise(None).alias(DROPPED),
    ).drop("row", "left")


def _lines(texts: pl.Series) -> pl.DataFrame:
    """Columns row u32 and line, in order."""
    import polars as pl

    split = texts.rename("line").fill_null("").str.split("\n").to_frame().with_row_index("row")
    return split.explode("line").with_columns(pl.col("line").fill_null(""))


def _hashes(lines: pl.Series, letters: int) -> pl.Series:
    """Column `hash`: of the words of each line, null for a line of too few letters."""
    import numpy as np
    import polars as pl

    found = words(lines)
    counts = np.diff(found.starts)
    filled = np.flatnonzero(counts)
    result = np.zeros(len(lines), dtype=np.uint64)
    size = np.zeros(len(lines), dtype=np.int64)
    if len(filled):
        firsts = found.starts[:-1][filled]
        place = np.arange(len(found.hashes)) - np.repeat(firsts, counts[filled])
        placed = mix(
            found.hashes + (place.astype(np.uint64) + np.uint64(1)) * np.uint64(MULTIPLIER)
        )
        result[filled] = mix(np.add.reduceat(placed, firsts))
        size[filled] = np.add.reduceat(found.sizes, firsts)
    hashes = pl.Series("hash", result)
    return hashes.to_frame().select(pl.when(pl.Series(size >= letters)).then("hash"))["hash"]


def _is_in(hashes: pl.Series, frequent: NDArray[np.uint64]) -> NDArray[np.bool_]:
    import numpy as np

    if not len(frequent):
        return np.zeros(len(hashes), dtype=bool)
    values = hashes.fill_null(0).to_numpy()
    at = np.minimum(np.searchsorted(frequent, values), len(frequent) - 1)
    return np.asarray((frequent[at] == values) & hashes.is_not_null().to_numpy())
