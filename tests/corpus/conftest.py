"""Small sources on disk, and the corpus stage run over them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tertulia.compute.machine import Machine
from tertulia.corpus import documents_stage, stage
from tertulia.recipe.duplicates_spec import DuplicatesSpec
from tertulia.recipe.language_spec import LanguageSpec
from tertulia.recipe.quality_spec import QualitySpec
from tertulia.recipe.schema import CorpusSpec
from tertulia.recipe.sources import ResolvedSource
from tertulia.recipe.stages import CorpusStage, DocumentsStage, documents_spec
from tertulia.store.draft import Draft

Row = Mapping[str, Any]
Build = Callable[..., Draft]
MACHINE = Machine(name="test")


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """A .jsonl, or .jsonl.zst by its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path.write_bytes(zstandard.compress(data) if path.suffix == ".zst" else data)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., ResolvedSource]:
    """`source(rows, name=..., language=...)`: rows in a file of their own."""

    def make(rows: Sequence[Row], name: str = "a", **declared: Any) -> ResolvedSource:
        declared = {"language": "gl", "licence": "CC0-1.0", **declared}
        path = write_rows(tmp_path / f"{name}.jsonl", rows)
        return ResolvedSource(name=name, path=path, **declared)

    return make


PLAIN: Mapping[str, Any] = {
    "held_out_fraction": 0.0,
    "max_drop_fraction": 1.0,
    "language": LanguageSpec(identify="never"),
    "quality": QualitySpec(profile="none"),
    "duplicates": DuplicatesSpec(near=0),
}
"""Settings under which a document is judged by what it says of itself alone."""


def empty_draft(folder: Path) -> Draft:
    """A draft with its two folders."""
    draft = Draft(path=folder / "payload", scratch=folder / "scratch")
    draft.path.mkdir(parents=True)
    draft.scratch.mkdir()
    return draft


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """`build(source, ..., languages=..., held_out_fraction=...)`: the corpus stage's draft.

    What the documents stage made of the sources lies beside its payload, in `../documents`.
    """
    made = []

    def make(
        *sources: ResolvedSource,
        languages: Sequence[str] = ("gl",),
        lists: Mapping[str, ResolvedSource] | None = None,
        machine: Machine = MACHINE,
        **spec: Any,
    ) -> Draft:
        folder = tmp_path / f"corpus-{len(made)}"
        made.append(folder)
        corpus = CorpusSpec(sources=tuple(s.name for s in sources), **{**PLAIN, **spec})
        shared = {"languages": tuple(languages), "seed": 0}
        inputs = {f"source:{s.name}": s for s in sources} | dict(lists or {})
        documents = empty_draft(folder / "documents-draft")
        read = DocumentsStage(**shared, documents=documents_spec(corpus))
        documents_stage.run(read, inputs, documents, machine)
        documents.path.rename(folder / "documents")
        draft = empty_draft(folder)
        stage.run(
            CorpusStage(**shared, corpus=corpus),
            {"documents": folder / "documents"},
            draft,
            machine,
        )
        return draft

    return make
