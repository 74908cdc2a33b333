"""One part of the documents, judged by one worker.

What a document is like stands in its columns already. Here thresholds decide, texts lose the
lines that are everywhere, and each document that stays gets a row of the index and a signature:
what the corpus as a whole has to know of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.compute.task import task
from tertulia.corpus.decision import deciding_steps
from tertulia.corpus.drops import DropsWriter
from tertulia.corpus.duplicates.lines import line_counts, repeated_lines
from tertulia.corpus.duplicates.signatures import write_signatures
from tertulia.corpus.index import index_of
from tertulia.corpus.ledger import Ledger
from tertulia.corpus.parts import read_part
from tertulia.corpus.step import Step, kept
from tertulia.recipe.stages import CorpusStage

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

AT = "at"
"""Column with the row of a document in its part."""


def judgement_argument(
    number: int, part: Path, spec: CorpusStage, folder: Path, frequent: Path | None
) -> dict[str, Any]:
    """The JSON that both tasks take; `frequent` is the file of lines to take out, if any."""
    return {
        "number": number,
        "part": str(part),
        "spec": spec.model_dump(mode="json"),
        "folder": str(folder),
        "frequent": None if frequent is None else str(frequent),
    }


@task(version=1)
def count_lines(argument: dict[str, Any]) -> dict[str, Any]:
    """Counts the lines of the documents that the thresholds let pass, once an equal text."""
    spec = CorpusStage.model_validate(argument["spec"])
    frame = read_part(Path(argument["part"]))
    for step in deciding_steps(spec):
        frame = kept(step.apply(frame))
    path = lines_file(Path(argument["folder"]), argument["number"])
    texts = frame["text"].unique(maintain_order=True)
    line_counts(texts, spec.corpus.duplicates).write_parquet(path)
    return {}


@task(version=1)
def judge_part(argument: dict[str, Any]) -> dict[str, Any]:
    """Decides about the documents of a part; gives its ledger.

    Writes `NUMBER.dropped.parquet`, `NUMBER.index.parquet` and, where near-duplicates are looked
    for, the files of `write_signatures`.
    """
    spec = CorpusStage.model_validate(argument["spec"])
    number, folder = argument["number"], Path(argument["folder"])
    frame = read_part(Path(argument["part"])).with_row_index(AT)
    ledger = Ledger()
    with DropsWriter(dropped_file(folder, number)) as drops:
        for step in judging_steps(spec, argument["frequent"]):
            marked = step.apply(frame)
            ledger.record(step.name, marked)
            drops.record(step.name, marked)
            frame = kept(marked)
    index_of(frame, number).write_parquet(index_file(folder, number))
    if spec.corpus.duplicates.threshold is not None:
        write_signatures(frame["text"], spec.corpus.duplicates, folder, number)
    return {"ledger": ledger.as_json(), "documents": len(frame)}


def judging_steps(spec: CorpusStage, frequent: str | None) -> tuple[Step, ...]:
    """Thresholds, and the removal of frequent lines where there is a file of them."""
    steps = deciding_steps(spec)
    return steps if frequent is None else (*steps, line_step(spec, Path(frequent)))


def line_step(spec: CorpusStage, frequent: Path) -> Step:
    """Takes out the lines whose hashes `frequent` (a .npy file, ascending) holds."""
    return repeated_lines(_loaded(frequent), spec.corpus.duplicates)


def _loaded(frequent: Path) -> NDArray[np.uint64]:
    import numpy as np

    hashes: NDArray[np.uint64] = np.load(frequent, allow_pickle=False)
    return hashes


def lines_file(folder: Path, number: int) -> Path:
    """Counts of the lines of a part."""
    return folder / f"{number:06}.lines.parquet"


def dropped_file(folder: Path, number: int) -> Path:
    """Documents of a part that were dropped."""
    return folder / f"{number:06}.dropped.parquet"


def index_file(folder: Path, number: int) -> Path:
    """Index rows of the documents of a part that stay."""
    return folder / f"{number:06}.index.parquet"


def judged(
    frame: pl.DataFrame, index: pl.DataFrame, spec: CorpusStage, frequent: Path | None
) -> pl.DataFrame:
    """The documents of a part that have index rows, with the text that was judged."""
    frame = frame[index[AT]]
    if frequent is None:
        return frame
    return kept(line_step(spec, frequent).apply(frame))
