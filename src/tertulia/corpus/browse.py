"""Looking into a finished corpus: which documents it holds, and what became of each one read.

Everything is read from the artifacts `corpus` and `documents` of a run. Only identities are held
in memory; rows are fetched when they are known to be wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.corpus.artifact import document_files
from tertulia.corpus.document import SPLITS
from tertulia.corpus.drops import COLUMNS as DROP_COLUMNS
from tertulia.corpus.parts import part_files
from tertulia.errors import DataError, StoreError
from tertulia.store.find import latest_artifacts

if TYPE_CHECKING:
    import polars as pl

_SHOWN = ("id", "parent", "language", "source", "licence", "url", "date")
_BEGINNING = 160
"""Characters of a text that a list shows."""


@dataclass(frozen=True)
class BuiltCorpus:
    """The artifacts of a run; `documents` is None where they have been cleared away."""

    name: str
    corpus: Path
    documents: Path | None

    def files(self) -> Iterator[tuple[str, str, Path]]:
        """(split, language, file) of the documents that were kept."""
        for split in SPLITS:
            for language, path in document_files(self.corpus, split).items():
                yield split, language, path

    def drop_files(self) -> list[Path]:
        """Lists of single drops, of reading first."""
        folders = [self.documents, self.corpus] if self.documents else [self.corpus]
        return [p for folder in folders if (p := folder / "dropped.parquet").is_file()]


def find_corpus(argument: str | None, runs: Path) -> BuiltCorpus:
    """The corpus of the run that `argument` names, of the newest run with one without it.

    Raises DataError `corpus.no-such-run`, naming the runs there are.
    """
    known = sorted(runs.glob("*/latest.json"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    names = [path.parent for path in known]
    wanted = names if argument is None else [runs / argument, Path(argument)]
    for run in wanted:
        try:
            found = latest_artifacts(run) if (run / "latest.json").is_file() else {}
        except StoreError:
            if argument is not None:
                raise
            continue
        if "corpus" in found and (found["corpus"] / "ledger.json").is_file():
            return BuiltCorpus(run.resolve().name, found["corpus"], found.get("documents"))
    listed = ", ".join(sorted(run.name for run in names))
    raise DataError(
        "corpus.no-such-run",
        f"the run '{argument}' has no finished corpus"
        if argument is not None
        else "no run has a finished corpus",
        where=str(runs),
        remedy=f"Name one of these runs: {listed}" if listed else "Build one with: tertulia run",
    )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows a list shows; None is any. `reason` is a pattern and asks for drops."""

    language: str | None = None
    source: str | None = None
    split: str | None = None
    reason: str | None = None
    search: str | None = None
    limit: int = 20


def listed(built: BuiltCorpus, wanted: Wanted) -> list[dict[str, Any]]:
    """Documents that were kept, or, where `wanted.reason` is set, drops; at most `limit`.

    A document has its `attributes`, a drop what `dropped.parquet` says of it.
    """
    if wanted.reason is not None:
        return list(_drops(built, wanted))
    rows = _kept(built, wanted)
    found = attributes(built, [row["id"] for row in rows])
    return [{**row, "attributes": found.get(row["id"], {})} for row in rows]


def _kept(built: BuiltCorpus, wanted: Wanted) -> list[dict[str, Any]]:
    import polars as pl

    rows: list[dict[str, Any]] = []
    for split, base, path in built.files():
        if len(rows) >= wanted.limit or wanted.split not in (None, split):
            continue
        frame = pl.scan_parquet(path)
        if wanted.language not in (None, base):
            frame = frame.filter(pl.col("language") == wanted.language)
        if wanted.source is not None:
            frame = frame.filter(pl.col("source") == wanted.source)
        if wanted.search is not None:
            sought = pl.col("text").str.to_lowercase()
            frame = frame.filter(sought.str.contains(wanted.search.lower(), literal=True))
        text = pl.col("text")
        chosen = frame.select(
            *_SHOWN,
            pl.lit(split).alias("split"),
            text.str.len_bytes().alias("bytes"),
            text.str.slice(0, _BEGINNING).alias("text"),
        )
        rows += chosen.head(wanted.limit - len(rows)).collect().to_dicts()
    return rows


def _drops(built: BuiltCorpus, wanted: Wanted) -> Iterator[dict[str, Any]]:
    left = wanted.limit
    for row in _drop_rows(built):
        if left <= 0:
            return
        if (
            fnmatchcase(row["reason"], wanted.reason or "*")
            and wanted.language in (None, row["language"])
            and wanted.source in (None, row["source"])
            and (wanted.search is None or wanted.search in f"{row['id']} {row['where']}")
        ):
            left -= 1
            yield row


def _drop_rows(built: BuiltCorpus) -> Iterator[dict[str, Any]]:
    """Each drop once, also where the corpus repeats those of reading."""
    import pyarrow.parquet as pq

    files = built.drop_files()
    seen: set[tuple[Any, ...]] = set()
    for number, path in enumerate(files):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=list(DROP_COLUMNS)):
                for row in batch.to_pylist():
                    key = (row["id"], row["step"], row["reason"], row["where"])
                    if key in seen:
                        continue
                    if len(files) > 1 and number == 0:
                        seen.add(key)
                    yield row


def attributes(built: BuiltCorpus, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Id -> the attribute columns (`step.name`) of a document, and its columns at reading."""
    found: dict[str, dict[str, Any]] = {}
    for path in _annotated_files(built):
        if len(found) == len(set(ids)):
            break
        frame = _rows_of(path, ids, lambda names: [n for n in names if "." in n])
        found |= {row.pop("id"): row for row in frame.to_dicts()}
    return found


def _annotated_files(built: BuiltCorpus) -> list[Path]:
    parts = part_files(built.documents) if built.documents else []
    return parts or [path for _, _, path in built.files()]


def _rows_of(
    path: Path,
    ids: Sequence[str],
    columns: Callable[[list[str]], list[str]],
    by: str = "id",
) -> pl.DataFrame:
    """The rows of a file whose `by` is one of `ids`, with those columns that `columns` picks."""
    import polars as pl
    import pyarrow.parquet as pq

    names = pq.read_schema(path).names
    chosen = dict.fromkeys(["id", *columns(names)])
    wanted = pl.Series("ids", list(ids), dtype=pl.String).implode()
    return pl.scan_parquet(path).filter(pl.col(by).is_in(wanted)).select(list(chosen)).collect()


def document_named(built: BuiltCorpus, name: str) -> str:
    """The full id that `name`, an id or the beginning of exactly one, stands for.

    Raises DataError `corpus.no-such-document` with the ids nearest to it.
    """
    ids = _all_ids(built)
    at = int(ids.search_sorted(name))
    after: list[str] = ids.slice(at, 2).to_list()
    if after[:1] == [name]:
        return name
    beginning = [found for found in after if name and found.startswith(name)]
    if len(beginning) == 1:
        return beginning[0]
    near = beginning or ids.slice(max(at - 1, 0), 2).to_list()
    raise DataError(
        "corpus.no-such-document",
        f"'{name}' is the beginning of several ids"
        if beginning
        else f"no document of this corpus has the id '{name}'",
        where=str(built.corpus),
        remedy="The nearest ones are " + ", ".join(near) if near else "The corpus is empty",
    )


def _all_ids(built: BuiltCorpus) -> pl.Series:
    """Every id of the run in order: read, kept, dropped; parents of segments too."""
    import polars as pl

    parts = part_files(built.documents) if built.documents else []
    found = [pl.Series("id", [], dtype=pl.String)]
    for path in [*parts, *(path for _, _, path in built.files())]:
        frame = pl.read_parquet(path, columns=["id", "parent"], memory_map=False)
        found += [frame["id"], frame["parent"].drop_nulls().alias("id")]
    for path in built.drop_files():
        found.append(pl.read_parquet(path, columns=["id"], memory_map=False)["id"].drop_nulls())
    return pl.concat(found).unique().sort()


def read_from(built: BuiltCorpus, name: str) -> Mapping[str, Any] | None:
    """The document as reading left it: what its source says, and its attributes; None if gone."""
    columns = {*_SHOWN, "split"}
    for path in _annotated_files(built):
        frame = _rows_of(path, [name], lambda names: [n for n in names if "." in n or n in columns])
        if len(frame):
            return frame.row(0, named=True)
    return None


def segments_of(built: BuiltCorpus, name: str) -> list[str]:
    """Ids of the segments that a document was cut into."""
    return [
        segment
        for path in _annotated_files(built)
        for segment in _rows_of(path, [name], lambda names: [], by="parent")["id"]
    ]


def drops_of(built: BuiltCorpus, name: str) -> list[dict[str, Any]]:
    """The drops of one document: one at most, unless its id was given twice."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    for path in built.drop_files():
        frame = pl.scan_parquet(path).filter(pl.col("id") == name).select(DROP_COLUMNS).collect()
        rows += [row for row in frame.to_dicts() if row not in rows]
    return rows


def place_of(built: BuiltCorpus, name: str) -> tuple[str, str, Path] | None:
    """(split, language, file) where a kept document lies."""
    for split, language, path in built.files():
        if len(_rows_of(path, [name], lambda names: [])):
            return split, language, path
    return None


def cluster_of(built: BuiltCorpus, name: str) -> list[dict[str, Any]]:
    """The documents that are near copies of one another, itself among them; empty without any."""
    import polars as pl

    path = built.corpus / "clusters.parquet"
    if not path.is_file():
        return []
    own = pl.scan_parquet(path).filter(pl.col("id") == name).select("cluster").collect()
    if own.is_empty():
        return []
    member = pl.col("cluster") == own["cluster"][0]
    return pl.scan_parquet(path).filter(member).collect().to_dicts()
