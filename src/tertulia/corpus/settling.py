"""What only the corpus as a whole can decide: which copies stay, and what is set aside.

Works on the index alone. The memory and the disk that the search for near-duplicates takes are
told before it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.duplicates.budget import announce
from tertulia.corpus.duplicates.choose import (
    drop_near,
    dropped_documents,
    exact_duplicates,
    order_of_preference,
    repeated_ids,
)
from tertulia.corpus.duplicates.near import near_duplicates
from tertulia.corpus.held_out import held_out
from tertulia.corpus.index import BYTES_A_DOCUMENT
from tertulia.messages import tr
from tertulia.progress import log

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.duplicates.budget import Budget
    from tertulia.corpus.duplicates.choose import Choice
    from tertulia.recipe.schema import CorpusSpec

STEPS = ("repeated-ids", "exact-duplicates", "near-duplicates")
"""In the order in which they drop documents."""

DEFAULT_MEMORY = 4_000_000_000
"""Bytes, on a machine that does not say how many it has."""
_SHARE_OF_MEMORY = 0.6
"""Of the machine's, at most: others live there too."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What became of the documents of the index."""

    index: pl.DataFrame
    """As it was, with `split` as it is now."""
    dropped: pl.DataFrame
    """Columns document, kept (numbers), step, dropped (reason), similarity; by document."""
    budget: Budget | None
    """What near-duplicates were announced to take; None where they are not looked for."""
    unsettled: int
    """Documents that stay although near-duplicates of them might be left."""


def settle(
    index: pl.DataFrame, signatures: Path, parts: int, spec: CorpusSpec, memory: int | None
) -> Settled:
    """Chooses among copies and sets documents aside.

    `signatures` is the folder of what `write_signatures` wrote for `parts` parts; `memory` the
    machine's bytes. Raises DataError `corpus.too-little-memory`.
    """
    import polars as pl

    choice = order_of_preference(index)
    repeated_ids(index, choice)
    if spec.duplicates.exact:
        exact_duplicates(index, choice)
    clusters, budget, unsettled = _near(index, choice, signatures, parts, spec, memory)
    dropped = dropped_documents(index, choice)
    if clusters is not None:
        dropped = dropped.join(
            clusters.select("document", "similarity"), on="document", how="left",
            maintain_order="left",
        )  # fmt: skip
    else:
        dropped = dropped.with_columns(pl.lit(None, pl.Float32).alias("similarity"))
    return Settled(
        index=_set_aside(index, choice, spec.held_out_fraction),
        dropped=dropped,
        budget=budget,
        unsettled=unsettled,
    )


def _near(
    index: pl.DataFrame,
    choice: Choice,
    signatures: Path,
    parts: int,
    spec: CorpusSpec,
    memory: int | None,
) -> tuple[pl.DataFrame | None, Budget | None, int]:
    if spec.duplicates.threshold is None:
        return None, None, 0
    budget = announce(
        len(index),
        int(index["bytes"].sum()),
        spec.duplicates,
        int((memory or DEFAULT_MEMORY) * _SHARE_OF_MEMORY),
        beside=len(index) * BYTES_A_DOCUMENT,
    )
    log(
        tr(
            "Near-duplicates of {documents} documents: at most {memory} MB of memory, "
            "{disk} MB of disk.",
            documents=len(index),
            memory=round(budget.memory_bytes / 1e6),
            disk=round(budget.disk_bytes / 1e6),
        )
    )
    found = near_duplicates(
        signatures, parts, choice.ranks_left(), spec.duplicates, budget, signatures / "buckets"
    )
    drop_near(found.clusters, choice)
    return found.clusters, budget, found.unsettled


def _set_aside(index: pl.DataFrame, choice: Choice, fraction: float) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    stays = np.flatnonzero(choice.step == 0)
    split = index["split"].to_numpy().copy()
    split[stays] = held_out(
        index["base"].to_numpy()[stays], split[stays], index["draw"].to_numpy()[stays], fraction
    )
    return index.with_columns(pl.Series("split", split, dtype=pl.UInt8))
