"""What a finished corpus says of itself: mixture, ledger, counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.document import SPLITS
from tertulia.corpus.index import BASES
from tertulia.corpus.ledger import Ledger
from tertulia.corpus.mixture import mixture_json
from tertulia.corpus.settling import Settled
from tertulia.errors import DataError
from tertulia.recipe.document_sources import require_sources
from tertulia.recipe.stages import CorpusStage

if TYPE_CHECKING:
    import polars as pl

    from tertulia.store.draft import Draft


def summarise(spec: CorpusStage, settled: Settled, ledger: Ledger, out: Draft) -> None:
    """Writes mixture and ledger, and tells the manifest how much came in and went out.

    Raises DataError `corpus.empty` for a language of the recipe without a training document, and
    RecipeError `recipe.no-such-source`.
    """
    stays = _of_those_that_stay(settled)
    found = {(split, base): (size, n) for split, base, size, n in stays.iter_rows()}
    train = SPLITS.index("train")
    sizes: dict[str, int] = {}
    documents: dict[str, int] = {}
    for tag in spec.languages:
        if (train, BASES.index(tag)) not in found:
            raise DataError(
                "corpus.empty",
                f"no training document is in '{tag}' ({ledger.why()})",
                where="the recipe's languages",
                remedy="Add a source in that language, or take it out of `languages`",
            )
        sizes[tag], documents[tag] = found[train, BASES.index(tag)]
    if spec.corpus.max_epochs:
        require_sources(spec.corpus.max_epochs, _sources(out.path), "corpus.max_epochs")
    mixture = mixture_json(
        sizes, documents, spec.corpus.temperature, max_epochs=spec.corpus.max_epochs
    )
    _write_json(out.path / "mixture.json", mixture)
    _write_json(out.path / "ledger.json", ledger.as_json())
    if settled.budget is not None:
        out.facts["near_duplicates"] = {
            "announced_memory_bytes": settled.budget.memory_bytes,
            "announced_disk_bytes": settled.budget.disk_bytes,
            "unsettled": settled.unsettled,
        }
    out.drops.update(ledger.drops())
    out.counts["documents_in"] = ledger.as_json()["funnel"][0]["documents_in"]
    out.counts["documents"] = int(stays["documents"].sum())
    out.counts["bytes"] = int(stays["bytes"].sum())
    for (split,), rows in stays.group_by(["split"], maintain_order=True):
        out.counts[f"documents_{SPLITS[int(str(split))]}"] = int(rows["documents"].sum())


def _sources(corpus: Path) -> set[str]:
    """Sources of the training documents."""
    import polars as pl

    files = pl.scan_parquet(corpus / "train" / "*.parquet")
    return set(files.select(pl.col("source").unique()).collect()["source"])


def _of_those_that_stay(settled: Settled) -> pl.DataFrame:
    """Columns split, base, bytes, documents."""
    import polars as pl

    rows = settled.index.select("split", "base", "bytes").with_row_index("document")
    return (
        rows.join(settled.dropped.select("document"), on="document", how="anti")
        .group_by("split", "base")
        .agg(pl.col("bytes").cast(pl.Int64).sum(), pl.len().alias("documents"))
        .sort("split", "base")
    )


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
