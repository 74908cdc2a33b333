"""What a card states, read from the artifacts and from nothing else."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xxhash

from tertulia.corpus.document import SPLITS

SAMPLE_CHARACTERS = 300
SAMPLES = 3
"""Documents shown of each language, and ids of each reason for a drop."""

_BATCH = 4096
_PERSONAL = "personal-data."
_PERSONAL_TOTAL = "personal-data.replaced"
_STATED = "licence.stated"


@dataclass(frozen=True)
class Part:
    """Documents of one language, split, source and licence."""

    language: str
    split: str
    source: str
    licence: str
    documents: int
    bytes: int


@dataclass(frozen=True)
class Sample:
    """The beginning of a document that was kept."""

    language: str
    id: str
    source: str
    licence: str
    text: str


@dataclass(frozen=True)
class PayloadPart:
    """A file of documents."""

    path: str
    """Relative to the corpus."""
    size: int
    sha256: str
    split: str
    language: str
    documents: int


@dataclass(frozen=True, kw_only=True)
class CorpusFacts:
    """Everything that a card states; the same artifact gives the same facts."""

    name: str
    parts: tuple[Part, ...]
    files: tuple[PayloadPart, ...]
    ledger: Mapping[str, Any]
    mixture: Mapping[str, Any]
    steps: Mapping[str, int]
    """Name -> version of what the documents went through."""
    settings: Mapping[str, str]
    """Dotted key of the recipe -> value, as JSON."""
    personal_data: Mapping[str, int] | None
    """Kind -> replacements in all documents read; None where none was looked for."""
    stated_licences: tuple[tuple[str, str, int], ...]
    """(as the source wrote it, as SPDX, documents)."""
    samples: tuple[Sample, ...]
    dropped_ids: Mapping[str, tuple[str, ...]]
    """Reason -> some ids."""


def gather_facts(
    corpus: Path, documents: Path | None, *, name: str, settings: Mapping[str, Any]
) -> CorpusFacts:
    """The facts of a finished corpus; `documents` is the artifact it was made of.

    `settings` is the recipe's corpus section as JSON values.
    """
    parts: Counter[tuple[str, str, str, str]] = Counter()
    sizes: Counter[tuple[str, str, str, str]] = Counter()
    samples: list[Sample] = []
    files = tuple(_files(corpus))
    for file in files:
        samples += _read_file(corpus / file.path, file, parts, sizes)
    personal, stated = _attributes(corpus, documents, files)
    return CorpusFacts(
        name=name,
        parts=tuple(Part(*key, parts[key], sizes[key]) for key in sorted(parts)),
        files=files,
        ledger=json.loads((corpus / "ledger.json").read_bytes()),
        mixture=json.loads((corpus / "mixture.json").read_bytes()),
        steps=_steps(corpus, documents, files),
        settings=dict(_flat(settings, "corpus")),
        personal_data=personal,
        stated_licences=stated,
        samples=tuple(samples),
        dropped_ids=_dropped_ids([p / "dropped.parquet" for p in (documents, corpus) if p]),
    )


def _files(corpus: Path) -> Iterator[PayloadPart]:
    import pyarrow.parquet as pq

    for split in SPLITS:
        for path in sorted((corpus / split).glob("*.parquet"), key=lambda p: p.stem):
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            rows = pq.read_metadata(path).num_rows
            relative = f"{split}/{path.name}"
            yield PayloadPart(relative, path.stat().st_size, digest, split, path.stem, rows)


def _read_file(
    path: Path,
    file: PayloadPart,
    parts: Counter[tuple[str, str, str, str]],
    sizes: Counter[tuple[str, str, str, str]],
) -> list[Sample]:
    """Counts a file's documents into `parts` and `sizes`; gives samples of a training file."""
    import polars as pl
    import pyarrow.parquet as pq

    lowest: list[tuple[int, Sample]] = []
    columns = ["id", "text", "source", "licence"]
    with pq.ParquetFile(path) as parquet:
        for batch in parquet.iter_batches(batch_size=_BATCH, columns=columns):
            frame = pl.DataFrame(pl.from_arrow(batch))
            groups = frame.group_by("source", "licence").agg(
                pl.len(), pl.col("text").str.len_bytes().sum().alias("bytes")
            )
            for source, licence, rows, size in groups.iter_rows():
                key = (file.language, file.split, source, licence)
                parts[key] += rows
                sizes[key] += size
            if file.split == "train":
                lowest = _lowest(lowest, frame, file.language)
    return [sample for _, sample in lowest]


def _lowest(
    lowest: list[tuple[int, Sample]], frame: Any, language: str
) -> list[tuple[int, Sample]]:
    """The documents of lowest hash so far: nobody chooses them, and order changes nothing."""
    bound = lowest[-1][0] if len(lowest) == SAMPLES else 1 << 64
    found = list(lowest)
    for row, name in enumerate(frame["id"]):
        value = _lot(name)
        if value < bound:
            _, text, source, licence = frame.row(row)
            found.append((value, Sample(language, name, source, licence, _beginning(text))))
    return heapq.nsmallest(SAMPLES, found, key=lambda pair: (pair[0], pair[1].id))


def _beginning(text: str) -> str:
    cut = text[:SAMPLE_CHARACTERS]
    return cut if len(cut) == len(text) else cut.rstrip() + "…"


def _lot(name: str) -> int:
    return xxhash.xxh3_64_intdigest(b"sample\0" + name.encode())


def _attributes(
    corpus: Path, documents: Path | None, files: tuple[PayloadPart, ...]
) -> tuple[dict[str, int] | None, tuple[tuple[str, str, int], ...]]:
    """Replacements by kind, and licences as they were stated, from wherever the columns are."""
    import polars as pl
    import pyarrow.parquet as pq

    from tertulia.corpus.parts import part_files

    paths = (part_files(documents) if documents else []) or [corpus / f.path for f in files]
    replaced: Counter[str] = Counter()
    looked = False
    stated: Counter[tuple[str, str]] = Counter()
    for path in paths:
        names = pq.read_schema(path).names
        kinds = [n for n in names if n.startswith(_PERSONAL) and n != _PERSONAL_TOTAL]
        licences = ["licence", _STATED] if _STATED in names else []
        looked = looked or bool(kinds)
        if not kinds and not licences:
            continue
        frame = pl.read_parquet(path, columns=[*kinds, *licences], memory_map=False)
        replaced.update({kind.removeprefix(_PERSONAL): int(frame[kind].sum()) for kind in kinds})
        if licences:
            changed = frame.filter(pl.col(_STATED).is_not_null()).group_by(licences).len()
            stated.update({(was, now): rows for now, was, rows in changed.iter_rows()})
    order = sorted((*key, rows) for key, rows in stated.items())
    return (dict(sorted(replaced.items())) if looked else None), tuple(order)


def _steps(corpus: Path, documents: Path | None, files: tuple[PayloadPart, ...]) -> dict[str, int]:
    import pyarrow.parquet as pq

    from tertulia.corpus.parts import steps_of

    found = steps_of(documents) if documents else {}
    for file in files[:1]:
        metadata = pq.read_schema(corpus / file.path).metadata or {}
        found |= json.loads(metadata.get(b"tertulia.steps", b"{}"))
    return found


def _flat(settings: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}.{key}")
        else:
            yield f"{prefix}.{key}", json.dumps(value, ensure_ascii=False, default=str)


def _dropped_ids(paths: list[Path]) -> dict[str, tuple[str, ...]]:
    import pyarrow.parquet as pq

    lowest: dict[str, list[tuple[int, str]]] = {}
    for path in paths:
        if not path.is_file():
            continue
        with pq.ParquetFile(path) as parquet:
            for batch in parquet.iter_batches(columns=["id", "reason"]):
                by_reason: dict[str, set[str]] = {}
                for name, reason in zip(*(c.to_pylist() for c in batch.columns), strict=True):
                    if name is not None:
                        by_reason.setdefault(reason, set()).add(name)
                for reason, names in by_reason.items():
                    pairs = {*lowest.get(reason, []), *((_lot(name), name) for name in names)}
                    lowest[reason] = heapq.nsmallest(SAMPLES, pairs)
    return {reason: tuple(n for _, n in lowest[reason]) for reason in sorted(lowest)}
