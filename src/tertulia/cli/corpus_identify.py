"""`tertulia corpus identify [FILE]`: the language of each line, or of each document."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from tertulia.cli.options import JsonOption
from tertulia.messages import mark, tr

_BATCH = 5000
"""Lines that are looked at together."""
_BATCH_BYTES = 1 << 22


def corpus_identify(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help=mark("A UTF-8 text file; without it, standard input."),
            show_default=False,
        ),
    ] = None,
    documents: Annotated[
        bool,
        typer.Option(
            "--documents", help=mark("Each line is a JSON row with a text; tell varieties too.")
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    with _opened(file) as stream:
        if documents:
            _documents(stream, json=json, name=str(file or "-"))
        else:
            _lines(stream, json=json)


def _opened(file: Path | None) -> AbstractContextManager[BinaryIO]:
    """The file, or standard input. Raises DataError `cli.no-file`."""
    from tertulia.errors import DataError

    if file is None or str(file) == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return file.open("rb")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise DataError(
            "cli.no-file", "there is no such file", where=str(file), remedy="Check the name"
        ) from error


def _lines(stream: BinaryIO, *, json: bool) -> None:
    from tertulia.corpus.language_id import identify

    for batch in _batches(stream):
        # A byte that is not UTF-8 is one strange character, not the end of the run.
        found = identify([line.decode("utf-8", "replace") for line in batch])
        _write(
            [
                {"language": tag, "confidence": confidence}
                for tag, confidence in zip(found.tags, found.confidences.tolist(), strict=True)
            ],
            json=json,
        )


def _documents(stream: BinaryIO, *, json: bool, name: str) -> None:
    """Raises DataError `corpus.bad-row` after the last row, if some were no documents."""
    from tertulia.corpus.language_id import identify_documents
    from tertulia.errors import DataError

    bad: list[int] = []
    at = 0
    for batch in _batches(stream):
        rows: list[tuple[str, str]] = []
        for line in batch:
            at += 1
            row = _row(line, at)
            if row is not None:
                rows.append(row)
            elif line.strip():
                bad.append(at)
                print(tr("Line {line} is no JSON row with a text.", line=at), file=sys.stderr)
        found = identify_documents([text for _, text in rows])
        _write(
            [
                {"id": identity, "language": tag, "confidence": confidence}
                | ({"variety_confidence": sure} if variety else {})
                for (identity, _), tag, confidence, variety, sure in zip(
                    rows,
                    found.tags,
                    found.confidences.tolist(),
                    found.varieties,
                    found.variety_confidences.tolist(),
                    strict=True,
                )
            ],
            json=json,
        )
    if bad:
        raise DataError(
            "corpus.bad-row",
            f"{len(bad)} of {at} lines are no JSON rows with a text; the others were answered",
            where=f"{name}, line {bad[0]}",
        )


def _row(line: bytes, at: int) -> tuple[str, str] | None:
    """The id, or else the line's number, and the text of a JSON row; None where it is none."""
    from json import loads

    try:
        row = loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return None
    identity = row.get("id")
    # Half of a surrogate pair is legal in JSON and cannot be printed.
    text = str(at if identity is None else identity).encode("utf-8", "replace").decode()
    return " ".join(text.split()), row["text"]


def _batches(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Lines without their ends, some thousands at a time, so that a pipe is answered as it goes."""
    batch: list[bytes] = []
    held = 0
    for line in stream:
        batch.append(line.rstrip(b"\r\n"))
        held += len(line)
        if len(batch) == _BATCH or held > _BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _write(answers: Sequence[dict[str, Any]], *, json: bool) -> None:
    """One line for each answer: JSON, or its values with tabs between."""
    from json import dumps

    for answer in answers:
        rounded = {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in answer.items()
        }
        if json:
            sys.stdout.write(dumps({"schema": 1, **rounded}, ensure_ascii=False) + "\n")
        else:
            shown = [f"{v:.4f}" if isinstance(v, float) else str(v) for v in rounded.values()]
            sys.stdout.write("\t".join(shown) + "\n")
    sys.stdout.flush()
