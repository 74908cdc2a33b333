"""The documents stage: named sources in; every document, cleaned and annotated, out.

Nothing is judged here: what a document is like stands in columns beside it, and the corpus stage
decides by the thresholds of the recipe. Another threshold then costs no second reading.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.compute.workers import run_tasks
from tertulia.corpus.annotation import INDEX, OPT_OUT, annotating_steps
from tertulia.corpus.contamination.index import prepare_index
from tertulia.corpus.drops import DropsWriter
from tertulia.corpus.ledger import FILE_NOT_READ, READ, Ledger
from tertulia.corpus.parts import PARTS
from tertulia.corpus.readers import plan_shards, source_files
from tertulia.corpus.shard import annotate_shard, shard_argument
from tertulia.errors import DataError
from tertulia.messages import tr
from tertulia.progress import track
from tertulia.recipe.sources import Inputs, ResolvedSource
from tertulia.recipe.stages import DocumentsStage

if TYPE_CHECKING:
    from tertulia.compute.machine import Machine
    from tertulia.store.draft import Draft

VERSION = "2"


def run(spec: DocumentsStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Reads and annotates the sources in `inputs`, shard by shard, on the machine's workers.

    Raises DataError: `corpus.empty`, `corpus.dropped-too-much`, and what reading raises.
    """
    lists = _lists(spec, inputs, out.scratch / "against")
    ledger = Ledger([READ, *(step.name for step in annotating_steps(spec.documents, lists))])
    parts = out.scratch / PARTS
    parts.mkdir(exist_ok=True)
    arguments = _shards(spec, inputs, lists, ledger, parts)
    reports = []
    for report in track(run_tasks(annotate_shard, arguments, machine, file_bytes=_size(arguments)),
                        tr("Reading the corpus"), total=len(arguments)):  # fmt: skip
        ledger.add(report["ledger"])
        reports.append(report)
    ledger.check(spec.documents.max_drop_fraction)
    _seal(reports, ledger, parts, out)


def run_share(
    spec: DocumentsStage, inputs: Inputs, scratch: Path, machine: Machine, share: tuple[int, int]
) -> int:
    """Annotates the shards K, K + N, … of `share` = (K, N) into the `scratch` of the stage.

    Returns how many. Processes with other K may do so at once: `run` finds the shards finished.
    """
    first, step = share
    # An index of its own: one that all wrote would be read half written.
    lists = _lists(spec, inputs, scratch / f"against-{first}")
    parts = scratch / PARTS
    parts.mkdir(exist_ok=True)
    mine = _shards(spec, inputs, lists, Ledger(), parts)[first::step]
    for _ in run_tasks(annotate_shard, mine, machine, file_bytes=_size(mine)):
        pass
    return len(mine)


def _lists(spec: DocumentsStage, inputs: Inputs, index_folder: Path) -> dict[str, list[str]]:
    """Paths of the opt-out lists, and of the n-gram index of what is measured on, if anything."""
    found: dict[str, list[Path]] = {"opt-out": [], "against": []}
    for name, value in inputs.items():
        kind = name.partition(":")[0]
        if kind in found and isinstance(value, ResolvedSource):
            found[kind].append(value.path)
    lists = {OPT_OUT: [str(path) for path in found["opt-out"]]}
    if found["against"]:
        wanted = spec.documents.contamination
        index = prepare_index(found["against"], index_folder, n=wanted.n, shortest=wanted.shortest)
        lists[INDEX] = [str(index)]
    return lists


def _shards(
    spec: DocumentsStage,
    inputs: Inputs,
    lists: dict[str, list[str]],
    ledger: Ledger,
    parts: Path,
) -> list[dict[str, Any]]:
    """What each worker is told; files that nobody reads are counted on the way."""
    arguments: list[dict[str, Any]] = []
    for name in spec.documents.sources:
        source = inputs[f"source:{name}"]
        assert isinstance(source, ResolvedSource), f"source '{name}' was not resolved"
        known, other = source_files(source)
        if not known:
            raise DataError(
                "corpus.empty",
                f"the source '{name}' has no file of a kind that is read",
                where=str(source.path),
                remedy="docs/sources.md lists the kinds",
            )
        if other:
            size = sum(path.stat().st_size for path in other)
            ledger.read(name, rows=0, lost={FILE_NOT_READ: (len(other), size)})
        for files in plan_shards(source):
            arguments.append(shard_argument(len(arguments), source, files, spec, lists, parts))
    return arguments


def _size(arguments: list[dict[str, Any]]) -> int:
    """Bytes on disk of all files that are read."""
    return sum(Path(path).stat().st_size for told in arguments for path in told["files"])


def _seal(reports: list[dict[str, Any]], ledger: Ledger, parts: Path, out: Draft) -> None:
    """Moves the parts into the artifact and writes what became of the rest."""
    documents = [part for report in reports for part in report["parts"]]
    if not documents:
        raise DataError(
            "corpus.empty",
            f"no document is left of the sources ({ledger.why()})",
            where="corpus.sources",
            remedy="Check the licences and languages that the recipe and its sources declare",
        )
    with DropsWriter(out.path / "dropped.parquet") as drops:
        drops.copy(parts / report["dropped"] for report in reports)
    (out.path / PARTS).mkdir()
    for part in documents:
        (parts / part["name"]).rename(out.path / PARTS / part["name"])
    text = json.dumps(ledger.as_json(), ensure_ascii=False, indent=2) + "\n"
    (out.path / "ledger.json").write_text(text, encoding="utf-8")
    out.drops.update(ledger.drops())
    out.counts["documents_in"] = ledger.as_json()["funnel"][0]["documents_in"]
    out.counts["documents"] = sum(part["rows"] for part in documents)
    out.counts["bytes"] = sum(part["bytes"] for part in documents)
