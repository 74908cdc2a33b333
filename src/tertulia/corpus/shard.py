"""One shard of the sources, read and annotated by one worker.

A shard is some files of one source. What comes of it is numbered part files, the documents that
were dropped, and a report; the report is written last, and a shard that has one is not read again.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.compute.task import task
from tertulia.corpus.annotation import annotating_steps
from tertulia.corpus.drops import DropsWriter
from tertulia.corpus.ledger import READ, Ledger
from tertulia.corpus.parts import write_part
from tertulia.corpus.readers import Broken, read_files
from tertulia.corpus.reservations import reservations_of
from tertulia.corpus.step import Step, kept
from tertulia.recipe.sources import ResolvedSource
from tertulia.recipe.stages import DocumentsStage
from tertulia.store.atomic import write_text

if TYPE_CHECKING:
    import polars as pl


def shard_argument(
    number: int,
    source: ResolvedSource,
    files: list[Path],
    spec: DocumentsStage,
    lists: dict[str, list[str]],
    folder: Path,
) -> dict[str, Any]:
    """The JSON that `annotate_shard` takes; `lists` are those of `annotating_steps`."""
    return {
        "number": number,
        "source": source.as_json(),
        "files": [str(path) for path in files],
        "spec": spec.model_dump(mode="json"),
        "lists": lists,
        "folder": str(folder),
    }


@task(version=1)
def annotate_shard(argument: dict[str, Any]) -> dict[str, Any]:
    """Reads a shard, takes it through the annotating steps and writes its parts.

    Gives `{"parts": [{"name", "rows", "bytes"}], "ledger": …, "dropped": NAME}`.
    """
    folder, number = Path(argument["folder"]), argument["number"]
    report_path = folder / f"{number:06}.json"
    finished = _finished(report_path)
    if finished is not None:
        return finished
    source = ResolvedSource.from_json(argument["source"])
    spec = DocumentsStage.model_validate(argument["spec"])
    steps = annotating_steps(spec.documents, argument["lists"])
    report = _Shard(number, source, steps, folder).read([Path(p) for p in argument["files"]])
    write_text(report_path, json.dumps(report, ensure_ascii=False))
    return report


def _finished(report_path: Path) -> dict[str, Any] | None:
    """The report of an interrupted run, unless files it speaks of are gone."""
    if not report_path.is_file():
        return None
    report: dict[str, Any] = json.loads(report_path.read_bytes())
    names = [report["dropped"], *(part["name"] for part in report["parts"])]
    return report if all((report_path.parent / name).is_file() for name in names) else None


class _Shard:
    """The work of one shard."""

    def __init__(
        self, number: int, source: ResolvedSource, steps: tuple[Step, ...], folder: Path
    ) -> None:
        self._number, self._source, self._steps, self._folder = number, source, steps, folder
        self._ledger = Ledger()
        self._lost: Counter[str] = Counter()
        self._lost_bytes: Counter[str] = Counter()
        self._parts: list[dict[str, Any]] = []

    def read(self, files: list[Path]) -> dict[str, Any]:
        dropped = f"{self._number:06}.dropped.parquet"
        folder = self._source.path
        rules = reservations_of(folder if folder.is_dir() else folder.parent)
        with DropsWriter(self._folder / dropped) as self._drops:
            for raw in read_files(self._source, files, on_broken=self._broken):
                self._ledger.read(self._source.name, rows=len(raw))
                self._keep(self._through(rules.filled(raw)))
        lost = {reason: (n, self._lost_bytes[reason]) for reason, n in sorted(self._lost.items())}
        self._ledger.read(self._source.name, rows=0, lost=lost)
        return {"parts": self._parts, "ledger": self._ledger.as_json(), "dropped": dropped}

    def _broken(self, broken: Broken) -> None:
        self._lost[broken.reason] += 1
        self._lost_bytes[broken.reason] += broken.bytes
        self._drops.lost(READ, self._source.name, broken.reason, broken.where, broken.bytes)

    def _through(self, frame: pl.DataFrame) -> pl.DataFrame:
        for step in self._steps:
            marked = step.apply(frame)
            self._ledger.record(step.name, marked, documents_in=len(frame))
            self._drops.record(step.name, marked)
            frame = kept(marked)
        return frame

    def _keep(self, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        name = f"{self._number:06}-{len(self._parts):06}.parquet"
        write_part(self._folder / name, frame, self._steps)
        self._parts.append(
            {"name": name, "rows": len(frame), "bytes": int(frame["text"].str.len_bytes().sum())}
        )
