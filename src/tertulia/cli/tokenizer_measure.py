"""`tertulia tokenizer measure TOKENIZER FILE…`: how well any tokenizer fits any text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from tertulia.cli.options import JsonOption
from tertulia.messages import mark, tr

_COLUMNS = {
    "tokens_per_word": mark("tokens per word"),
    "tokens_per_bsc_word": mark("tokens per BSC word"),
    "bytes_per_token": mark("bytes for each token"),
    "vocabulary_used": mark("vocabulary used"),
    "renyi_efficiency": mark("Rényi efficiency"),
    "round_trip": mark("unchanged"),
}


@dataclass
class _Content:
    """What a file holds for a tokenizer."""

    texts: list[str]
    forms: list[tuple[str, str]] = field(default_factory=list)
    """(form, lemma) of a treebank."""


def tokenizer_measure(
    tokenizer: Annotated[
        Path,
        typer.Argument(
            metavar="TOKENIZER",
            help=mark("A tokenizer.json or its folder, a .tiktoken file or a SentencePiece model."),
        ),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help=mark("Text, JSONL, Parquet or CoNLL-U files.")),
    ],
    parallel: Annotated[
        bool, typer.Option("--parallel", help=mark("The files hold the same lines: compare them."))
    ] = False,
    pattern: Annotated[
        str | None,
        typer.Option(
            metavar="REGEX", help=mark("How a .tiktoken tokenizer splits text before merges.")
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.tokenizer.metrics import measure, parity
    from tertulia.tokenizer.morphemes import boundary_agreement
    from tertulia.tokenizer.opened import open_tokenizer

    opened = open_tokenizer(tokenizer, pattern)
    result: dict[str, dict[str, Any]] = {}
    for file in files:
        content = _content(file)
        result[str(file)] = measure(opened, content.texts)
        if content.forms:
            result[str(file)]["boundaries"] = boundary_agreement(opened, content.forms)
    across = parity(result) if parallel else {}
    if json:
        about = {"kind": opened.kind, "vocabulary": opened.vocabulary}
        print_json({"tokenizer": tokenizer, **about, "files": result, **across})
    else:
        _show(result, across)


def _show(result: dict[str, dict[str, Any]], across: dict[str, Any]) -> None:
    from tertulia.cli.table import print_pairs

    for name, figures in result.items():
        print(name)
        rows = {tr(label): _figure(figures[key]) for key, label in _COLUMNS.items()}
        boundaries = figures.get("boundaries")
        if boundaries:
            rows[tr("cut where the ending begins")] = _figure(boundaries["agreement"])
            rows[tr("the same by chance")] = _figure(boundaries["by_chance"])
        print_pairs(rows)
    if across:
        print(tr("Most tokens over fewest: {parity}", parity=_figure(across["parity"])))


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _content(file: Path) -> _Content:
    """Each line of a text, each `text` of a JSONL or Parquet row, each sentence of a treebank.

    Empty ones do not count. Raises DataError as opening does, `cli.not-utf8`, and
    `tokenizer.no-text` where there is none.
    """
    from tertulia.corpus.opening import file_format
    from tertulia.errors import DataError

    kind = file_format(file)
    if kind == "parquet":
        content = _Content(_parquet(file))
    elif kind == "jsonl":
        content = _Content(list(_jsonl(file)))
    elif kind == "conllu":
        content = _treebank(file)
    else:
        content = _Content(list(_lines(file)))
    content.texts = [text for text in content.texts if text.strip()]
    if not content.texts:
        raise DataError("tokenizer.no-text", "a file holds no text", where=str(file))
    return content


def _lines(file: Path) -> Iterator[str]:
    from tertulia.corpus.opening import open_bytes
    from tertulia.errors import DataError

    with open_bytes(file) as stream:
        for line in stream:
            try:
                yield line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise DataError(
                    "cli.not-utf8",
                    "the file is not UTF-8 text",
                    where=str(file),
                    remedy="Convert it to UTF-8 first",
                ) from error


def _jsonl(file: Path) -> Iterator[str]:
    import json

    for number, line in enumerate(_lines(file), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        yield _text_of(row, f"{file}:{number}")


def _text_of(row: Any, where: str) -> str:
    from tertulia.errors import DataError

    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise DataError(
            "corpus.bad-row",
            "a row has no text",
            where=where,
            remedy='A row is an object such as {"text": "Bon dia"}',
        )
    return text


def _parquet(file: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tertulia.errors import DataError

    try:
        column = pq.read_table(file, columns=["text"]).column("text")
    except (pa.ArrowException, OSError, KeyError) as error:
        raise DataError(
            "corpus.damaged", "a file has no column 'text' that can be read", where=str(file)
        ) from error
    return [text for text in column.to_pylist() if text is not None]


def _treebank(file: Path) -> _Content:
    """The `# text =` of each sentence, and the form and lemma of each word."""
    content = _Content([])
    for line in _lines(file):
        if line.startswith("# text = "):
            content.texts.append(line.removeprefix("# text = "))
        columns = line.split("\t")
        # Ranges (3-4) and empty nodes (3.1) are no words with a lemma.
        if len(columns) >= 3 and columns[0].isdigit():
            content.forms.append((columns[1], columns[2]))
    return content
