"""A small run on disk as the two corpus stages leave it: documents annotated, and the corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from tertulia.corpus.document import COLUMNS, arrow_schema, document_id, revision
from tertulia.corpus.drops import DropsWriter, drops_schema

SOURCES = ("web", "help")
TEXTS = {
    "kept": "Una <b>casa</b> | de pueblo con muchas ventanas. " * 20,
    "copy": "Una casa de pueblo con muchas ventanas! " * 20,
    "poor": "x x x x",
    "held": "Una finestra oberta.",
    "region": "Un texto de Buenos Aires.",
}
IDS = {name: document_id("help" if name == "held" else "web", name) for name in TEXTS}
OPTED_OUT = document_id("web", "objected")
SETTINGS: dict[str, Any] = {
    "sources": ["web", "help"],
    "quality": {"min_words": 5},
    "policy": {"opt_out": ["opt-out.txt"]},
}


def make_run(folder: Path) -> Path:
    """The run folder `folder`, with the artifacts `documents` and `corpus`."""
    documents, corpus = folder / "documents-0000", folder / "corpus-0000"
    _documents(documents)
    _corpus(corpus)
    latest = {"schema": 1, "documents": documents.name, "corpus": corpus.name}
    (folder / "latest.json").write_text(json.dumps(latest))
    return folder


def _rows() -> pl.DataFrame:
    languages = {"held": "ca", "region": "es-AR"}
    names = list(TEXTS)
    return pl.DataFrame(
        {
            "id": [IDS[n] for n in names],
            "parent": [None, None, None, None, document_id("web", "whole")],
            "text": list(TEXTS.values()),
            "language": [languages.get(n, "es") for n in names],
            "source": ["help" if n == "held" else "web" for n in names],
            "licence": ["CC-BY-4.0", "CC-BY-4.0", "CC-BY-4.0", "LicenseRef-old", "CC0-1.0 OR MIT"],
            "url": ["https://example.org/a", None, None, None, None],
            "date": [None, "2020", None, None, None],
            "split": ["train"] * 5,
            "licence.stated": ["CC-BY 4.0", "CC-BY 4.0", None, None, None],
            "personal-data.email": [2, 0, 1, 0, 0],
            "personal-data.replaced": [2, 0, 1, 0, 0],
            "quality.words": [180, 160, 4, 3, 5],
            "quality.ratio": [0.123456, 0.2, 0.3, 0.4, None],
        }
    )


def _write(path: Path, frame: pl.DataFrame, steps: dict[str, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    metadata = {"tertulia.schema": "1", "tertulia.steps": json.dumps(steps)}
    pq.write_table(table.replace_schema_metadata(metadata), path)


def _documents(folder: Path) -> None:
    rows = _rows()
    steps = {"opt-out": 1, "licence": 2, "quality": 3}
    _write(folder / "parts" / "000000-000000.parquet", rows[:3], steps)
    _write(folder / "parts" / "000001-000000.parquet", rows[3:], steps)
    with DropsWriter(folder / "dropped.parquet") as drops:
        drops.lost("read", "web", "broken", "web/b.pdf", 17)
        drops.record("opt-out", _dropped("opted-out", id=OPTED_OUT, text="objected"))


def _dropped(reason: str, **row: str) -> pl.DataFrame:
    return pl.DataFrame([{"source": "web", "language": "es", "dropped": reason, **row}])


def _corpus(folder: Path) -> None:
    rows = _rows().with_columns(pl.Series("revision", [revision(text) for text in TEXTS.values()]))
    steps = {"quality-decision": 1, "near-duplicates": 4}
    for path, places in (("train/es", [0, 4]), ("held_out/ca", [3])):
        table = rows[places].select(COLUMNS).to_arrow(compat_level=pl.CompatLevel.oldest())
        target = folder / f"{path}.parquet"
        target.parent.mkdir(parents=True)
        pq.write_table(table.cast(arrow_schema(steps)), target)
    with DropsWriter(folder / "dropped.parquet") as drops:
        drops.copy([folder.parent / "documents-0000" / "dropped.parquet"])
        drops.record("quality-decision", _dropped("too-short", id=IDS["poor"], text="x x x x"))
        copy = _dropped("near-duplicate", id=IDS["copy"], text=TEXTS["copy"])
        drops.record("near-duplicates", copy.with_columns(pl.lit(IDS["kept"]).alias("kept_by")))
    assert drops_schema().names[0] == "id"
    pl.DataFrame(
        {"id": [IDS["kept"], IDS["copy"]], "cluster": [1, 1], "kept": [True, False],
         "similarity": [1.0, 0.93]}
    ).write_parquet(folder / "clusters.parquet")  # fmt: skip
    _json(folder / "ledger.json", _ledger())
    weights = {"es": 0.75, "ca": 0.25}
    _json(folder / "mixture.json", {"schema": 1, "weights": weights, "max_epochs": {"web": 2.5}})
    _json(folder / "manifest.json", {"parameters": {"corpus": SETTINGS}})


def _ledger() -> dict[str, Any]:
    counts = {"read": (7, 6), "opt-out": (6, 5), "licence": (5, 5), "quality": (5, 5),
              "quality-decision": (5, 4), "near-duplicates": (4, 3)}  # fmt: skip
    drops = (("read", "broken", 17), ("opt-out", "opted-out", 8),
             ("quality-decision", "too-short", 7),
             ("near-duplicates", "near-duplicate", 800))  # fmt: skip
    return {
        "schema": 1,
        "funnel": [
            {"step": step, "documents_in": n, "documents_out": m}
            for step, (n, m) in counts.items()
        ],
        "drops": [
            {"step": step, "reason": reason, "language": "es", "source": "web", "documents": 1,
             "bytes": size}
            for step, reason, size in drops
        ],
    }  # fmt: skip


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
