"""The corpus stage: annotated documents in; documents by split and language, and the ledger, out.

Thresholds decide part by part on the machine's workers; copies and the held-out split are a
matter of the whole corpus, which is seen through an index without texts. The order of documents
is that of the sources in the recipe, of files in a source, of rows in a file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.compute.workers import run_tasks
from tertulia.corpus.artifact import CorpusWriter
from tertulia.corpus.assembly import ClustersWriter, assemble
from tertulia.corpus.card.write import write_card
from tertulia.corpus.drops import DropsWriter
from tertulia.corpus.duplicates.lines import frequent_lines
from tertulia.corpus.index import read_index
from tertulia.corpus.judgement import (
    count_lines,
    dropped_file,
    index_file,
    judge_part,
    judgement_argument,
    judging_steps,
    lines_file,
)
from tertulia.corpus.ledger import Ledger
from tertulia.corpus.parts import part_files, steps_of
from tertulia.corpus.settling import DEFAULT_MEMORY, STEPS, Settled, settle
from tertulia.corpus.summary import summarise
from tertulia.errors import DataError
from tertulia.messages import tr
from tertulia.progress import track
from tertulia.recipe.sources import Inputs
from tertulia.recipe.stages import CorpusStage

if TYPE_CHECKING:
    from tertulia.compute.machine import Machine
    from tertulia.store.draft import Draft

VERSION = "2"

_JUDGED = "judged"
_COPIES = 1
"""Version of the steps that only the corpus as a whole can take."""


def run(spec: CorpusStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Builds the corpus of `spec` from the artifact of the documents stage.

    Raises DataError: `corpus.empty`, `corpus.dropped-too-much`, `corpus.too-little-memory`.
    """
    documents = inputs["documents"]
    assert isinstance(documents, Path)
    parts = part_files(documents)
    judged = out.scratch / _JUDGED
    shutil.rmtree(judged, ignore_errors=True)
    judged.mkdir()
    frequent = _frequent_lines(parts, spec, judged, machine)
    annotated = json.loads((documents / "ledger.json").read_bytes())
    deciding = [step.name for step in judging_steps(spec, _text(frequent))]
    ledger = Ledger([*(entry["step"] for entry in annotated["funnel"]), *deciding, *STEPS])
    ledger.add(annotated)
    _judge(parts, spec, judged, frequent, ledger, machine)
    index = read_index([index_file(judged, number) for number in range(len(parts))])
    if index.is_empty():
        raise DataError(
            "corpus.empty",
            f"no document is left ({ledger.why()})",
            where="corpus",
            remedy="Check the languages, licences and thresholds that the recipe asks for",
        )
    settled = settle(index, judged, len(parts), spec.corpus, machine.memory_bytes)
    out.counts["clusters"] = _assemble(documents, settled, spec, frequent, ledger, out)
    ledger.check(spec.corpus.max_drop_fraction)
    shutil.rmtree(judged)
    summarise(spec, settled, ledger, out)
    write_card(
        out.path,
        documents,
        name="-".join(spec.languages),
        settings=spec.corpus.model_dump(mode="json"),
        out=out.path,
    )


def _assemble(
    documents: Path,
    settled: Settled,
    spec: CorpusStage,
    frequent: Path | None,
    ledger: Ledger,
    out: Draft,
) -> int:
    """Writes the corpus and what was dropped from it; returns the number of clusters of copies."""
    parts, judged = part_files(documents), out.scratch / _JUDGED
    steps = judging_steps(spec, _text(frequent))
    versions = steps_of(documents) | {step.name: step.version for step in steps}
    versions |= dict.fromkeys(STEPS, _COPIES)
    with (
        CorpusWriter(out.path, versions) as corpus,
        DropsWriter(out.path / "dropped.parquet") as drops,
        ClustersWriter(out.path / "clusters.parquet") as clusters,
    ):
        drops.copy([documents / "dropped.parquet"])
        drops.copy(dropped_file(judged, number) for number in range(len(parts)))
        assemble(parts, settled, spec, frequent, (corpus, drops, clusters), ledger)
    return clusters.clusters


def _judge(
    parts: Sequence[Path],
    spec: CorpusStage,
    judged: Path,
    frequent: Path | None,
    ledger: Ledger,
    machine: Machine,
) -> None:
    arguments = _arguments(parts, spec, judged, frequent)
    reports = run_tasks(judge_part, arguments, machine, file_bytes=_size(parts))
    for report in track(reports, tr("Judging the documents"), total=len(arguments)):
        ledger.add(report["ledger"])
    ledger.check(spec.corpus.max_drop_fraction)


def _frequent_lines(
    parts: Sequence[Path], spec: CorpusStage, judged: Path, machine: Machine
) -> Path | None:
    """The file of lines that are to be taken out, or None where the recipe leaves them."""
    import numpy as np

    if spec.corpus.duplicates.lines is None:
        return None
    arguments = _arguments(parts, spec, judged, None)
    counted = run_tasks(count_lines, arguments, machine, file_bytes=_size(parts))
    for _ in track(counted, tr("Counting lines"), total=len(arguments)):
        pass
    counts = [lines_file(judged, number) for number in range(len(parts))]
    memory = (machine.memory_bytes or DEFAULT_MEMORY) // 2
    path = judged / "frequent.npy"
    np.save(path, frequent_lines(counts, spec.corpus.duplicates, memory))
    return path


def _arguments(
    parts: Sequence[Path], spec: CorpusStage, judged: Path, frequent: Path | None
) -> list[dict[str, Any]]:
    return [
        judgement_argument(number, part, spec, judged, frequent)
        for number, part in enumerate(parts)
    ]


def _size(parts: Sequence[Path]) -> int:
    return sum(part.stat().st_size for part in parts)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
