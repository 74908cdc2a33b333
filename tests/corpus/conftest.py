"""Small sources on disk, and the corpus stage run over them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tertulia.compute.machine import Machine
from tertulia.corpus.stage import run
from tertulia.recipe.schema import CorpusSpec
from tertulia.recipe.sources import ResolvedSource
from tertulia.recipe.stages import CorpusStage
from tertulia.store.draft import Draft

Row = Mapping[str, Any]
Build = Callable[..., Draft]


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


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """`build(source, ..., languages=..., held_out_fraction=...)`: the stage's finished draft."""
    made = []

    def make(
        *sources: ResolvedSource,
        languages: Sequence[str] = ("gl",),
        left_in_scratch: Mapping[str, bytes] | None = None,
        **spec: Any,
    ) -> Draft:
        folder = tmp_path / f"corpus-{len(made)}"
        made.append(folder)
        draft = Draft(path=folder / "payload", scratch=folder / "scratch")
        draft.path.mkdir(parents=True)
        draft.scratch.mkdir()
        for name, content in (left_in_scratch or {}).items():
            (draft.scratch / name).parent.mkdir(parents=True)
            (draft.scratch / name).write_bytes(content)
        spec = {"held_out_fraction": 0.0, "max_drop_fraction": 1.0, **spec}
        corpus = CorpusSpec(sources=tuple(s.name for s in sources), **spec)
        stage = CorpusStage(languages=tuple(languages), seed=0, corpus=corpus)
        inputs = {f"source:{s.name}": s for s in sources}
        run(stage, inputs, draft, Machine(name="test"))
        return draft

    return make
