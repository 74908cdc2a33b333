"""`tertulia corpus inspect`: the documents of a corpus, or what was left out of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tertulia.cli.options import RUNS, JsonOption, RunsOption
from tertulia.messages import mark, tr

CorpusRunArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN",
        help=mark("The name of a run, or its folder; without it, the newest run with a corpus."),
        show_default=False,
    ),
]

_WIDEST = 60
"""Characters of an id that a table makes room for."""


def corpus_inspect(
    run: CorpusRunArgument = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help=mark("Only documents in this language."))
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help=mark("Only documents of this source."))
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(metavar="PART", help=mark("Only this part: train, held_out or unseen.")),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help=mark("Documents left out for this reason instead; '*' for any reason."),
        ),
    ] = None,
    search: Annotated[
        str | None, typer.Option(metavar="TEXT", help=mark("Only documents that hold this text."))
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help=mark("Show at most this many."))] = 20,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.corpus.browse import Wanted, find_corpus, listed

    built = find_corpus(run, runs)
    wanted = Wanted(
        language=language, source=source, split=split, reason=reason, search=search, limit=limit
    )
    rows = listed(built, wanted)
    if json:
        kind = "documents" if reason is None else "dropped"
        print_json({"run": built.name, kind: rows})
    elif not rows:
        print(tr("Nothing fits."))
    elif reason is None:
        _print_documents(rows)
    else:
        _print_drops(rows)


def _print_documents(rows: list[dict[str, Any]]) -> None:
    from rich.markup import escape

    names = [row["id"] for row in rows]
    table = _table(tr("Identity"), tr("Text"), tr("Attributes"), names=names)
    for row in rows:
        what = [row["id"], f"{row['split']} · {row['language']} · {row['licence']}"]
        if row["url"]:
            what.append(row["url"])
        known = (f"{key} {_short(value)}" for key, value in row["attributes"].items())
        measured = "\n".join(line for line in known if not line.endswith(" –"))
        table.add_row(escape("\n".join(what)), escape(row["text"]), escape(measured))
    _print(table)


def _print_drops(rows: list[dict[str, Any]]) -> None:
    from rich.markup import escape

    names = [row["id"] or f"{row['source']}: {row['where']}" for row in rows]
    columns = (tr("Identity"), tr("Language"), tr("Step"), tr("Reason"), tr("Kept instead"))
    table = _table(*columns, names=names)
    for name, row in zip(names, rows, strict=True):
        cells = (name, row["language"], row["step"], row["reason"], row["kept_by"] or "")
        table.add_row(*(escape(cell) for cell in cells))
    _print(table)


def _short(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(first: str, *columns: str, names: list[str]) -> Any:
    from rich.table import Table

    table = Table(show_lines=True, pad_edge=False)
    # Ids are copied into the next command, so they keep to one line where there is room at all.
    longest = max(len(name) for name in names)
    table.add_column(first, overflow="fold", min_width=min(longest, _WIDEST))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _print(table: Any) -> None:
    from rich.console import Console

    Console(highlight=False).print(table)
