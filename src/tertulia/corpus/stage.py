"""The corpus stage: named sources in; documents by split and language, mixture and ledger out.

Texts pass through in batches and rest in scratch; only the index (ids, revisions, sizes) of the
whole corpus is held in memory. The order of documents is that of the sources in the recipe, of
files in a source, of rows in a file, however many threads work.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.artifact import CorpusWriter
from tertulia.corpus.document import COLUMNS, revision
from tertulia.corpus.duplicates import exact_duplicates, repeated_ids
from tertulia.corpus.held_out import with_held_out
from tertulia.corpus.ledger import Ledger
from tertulia.corpus.mixture import mixture_json
from tertulia.corpus.normalise import normalise
from tertulia.corpus.readers import read_source, source_files
from tertulia.corpus.selection import language, licence
from tertulia.corpus.step import DROPPED, Step, kept
from tertulia.errors import DataError
from tertulia.languages import base_language
from tertulia.messages import tr
from tertulia.progress import track
from tertulia.recipe.sources import Inputs, ResolvedSource
from tertulia.recipe.stages import CorpusStage

if TYPE_CHECKING:
    import polars as pl

    from tertulia.compute.machine import Machine
    from tertulia.store.draft import Draft

VERSION = 1


def run(spec: CorpusStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Builds the corpus of `spec` from the sources in `inputs`.

    Raises DataError: `corpus.empty`, `corpus.dropped-too-much`, and what reading raises.
    """
    sources = [_source(name, inputs) for name in spec.corpus.sources]
    batch_steps = (
        normalise(),
        licence(allow_unknown=spec.corpus.allow_unknown_licence),
        language(spec.languages),
    )
    whole_steps = (exact_duplicates(), repeated_ids())
    ledger = Ledger()
    parts = out.scratch / "parts"
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    index = _read_all(sources, batch_steps, ledger, parts)
    ledger.check(spec.corpus.max_drop_fraction)
    for step in whole_steps:
        index = _marked_on(index, step, ledger)
    ledger.check(spec.corpus.max_drop_fraction)
    index = with_held_out(index, spec.corpus.held_out_fraction)
    versions = {step.name: step.version for step in (*batch_steps, *whole_steps)}
    with CorpusWriter(out.path, versions) as writer:
        for frame in _joined(parts, index):
            writer.write(frame)
    shutil.rmtree(parts)
    _summarise(spec, index, ledger, out)


def _source(name: str, inputs: Inputs) -> ResolvedSource:
    source = inputs[f"source:{name}"]
    assert isinstance(source, ResolvedSource), f"source '{name}' was not resolved"
    return source


def _read_all(
    sources: list[ResolvedSource], steps: tuple[Step, ...], ledger: Ledger, parts: Path
) -> pl.DataFrame:
    """Takes every source through `steps` into numbered files of `parts`; returns their index."""
    import polars as pl

    indexes: list[pl.DataFrame] = []
    for source in track(sources, tr("Reading the corpus")):
        known, other = source_files(source)
        if not known:
            raise DataError(
                "corpus.empty",
                f"the source '{source.name}' has no file of a kind that is read",
                where=str(source.path),
                remedy="Kinds are .jsonl, .txt (also .zst, .gz) and .parquet",
            )
        skipped_bytes = sum(path.stat().st_size for path in other)
        ledger.read(source.name, rows=0, skipped=len(other), skipped_bytes=skipped_bytes)
        for raw in read_source(source):
            ledger.read(source.name, rows=len(raw))
            frame = _through(raw, steps, ledger)
            if len(frame):
                indexes.append(_index_of(frame, part=len(indexes)))
                frame = frame.with_columns(indexes[-1]["revision"])
                frame.select(COLUMNS).write_parquet(_part(parts, len(indexes) - 1))
    if not indexes:
        raise DataError(
            "corpus.empty",
            f"no document is left of the sources ({_why(ledger)})",
            where=", ".join(source.name for source in sources),
            remedy="Check the languages and licences that the recipe and its sources declare",
        )
    return pl.concat(indexes)


def _through(frame: pl.DataFrame, steps: tuple[Step, ...], ledger: Ledger) -> pl.DataFrame:
    for step in steps:
        marked = step.apply(frame)
        ledger.record(step.name, marked)
        frame = kept(marked)
    return frame


def _index_of(frame: pl.DataFrame, part: int) -> pl.DataFrame:
    """Columns part, at, id, revision, source, split, language, base, bytes of each document."""
    import polars as pl

    tags = {tag: base_language(tag) for tag in frame["language"].unique()}
    return frame.select(
        pl.lit(part, pl.Int32).alias("part"),
        pl.int_range(pl.len(), dtype=pl.Int32).alias("at"),
        "id",
        pl.Series("revision", [revision(text) for text in frame["text"]], dtype=pl.String),
        "source",
        "split",
        "language",
        pl.col("language").replace_strict(tags, return_dtype=pl.String).alias("base"),
        pl.col("text").str.len_bytes().cast(pl.Int64).alias("bytes"),
    )


def _marked_on(index: pl.DataFrame, step: Step, ledger: Ledger) -> pl.DataFrame:
    marked = step.apply(index)
    ledger.record(step.name, marked)
    assert DROPPED in marked.columns
    return kept(marked)


def _joined(parts: Path, index: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The documents that `index` still holds, part by part, with their split and base."""
    import polars as pl

    for (part,), rows in index.group_by(["part"], maintain_order=True):
        # A mapped file cannot be deleted on every system.
        frame = pl.read_parquet(_part(parts, int(str(part))), memory_map=False)
        yield frame[rows["at"]].with_columns(rows["split"], rows["base"])


def _part(parts: Path, number: int) -> Path:
    return parts / f"{number:06}.parquet"


def _summarise(spec: CorpusStage, index: pl.DataFrame, ledger: Ledger, out: Draft) -> None:
    """Writes mixture and ledger, and tells the manifest how much came in and went out."""
    import polars as pl

    train = index.filter(pl.col("split") == "train")
    groups = train.group_by("base").agg(pl.col("bytes").sum(), pl.len().alias("documents"))
    found = {base: (size, documents) for base, size, documents in groups.iter_rows()}
    for tag in spec.languages:
        if tag not in found:
            raise DataError(
                "corpus.empty",
                f"no training document is in '{tag}' ({_why(ledger)})",
                where="the recipe's languages",
                remedy="Add a source in that language, or take it out of `languages`",
            )
    sizes: dict[str, int] = {tag: found[tag][0] for tag in spec.languages}
    documents: dict[str, int] = {tag: found[tag][1] for tag in spec.languages}
    mixture = mixture_json(sizes, documents, spec.corpus.temperature)
    _write_json(out.path / "mixture.json", mixture)
    _write_json(out.path / "ledger.json", ledger.as_json())
    out.drops.update(ledger.drops())
    out.counts["documents_in"] = ledger.as_json()["funnel"][0]["documents_in"]
    out.counts["documents"] = len(index)
    out.counts["bytes"] = int(index["bytes"].sum())
    for (split,) in index.select("split").unique(maintain_order=True).iter_rows():
        out.counts[f"documents_{split}"] = len(index.filter(pl.col("split") == split))


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _why(ledger: Ledger) -> str:
    drops = ledger.drops()
    return ", ".join(f"{n} {reason}" for reason, n in drops.items()) or "the sources are empty"
