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
    """An id to copy, what the document is, how it begins; `explain` shows what was measured."""
    for row in rows:
        what = (row["split"], row["language"], row["licence"], row["url"])
        print(row["id"])
        print("  " + " · ".join(part for part in what if part))
        print("  " + row["text"])


def _print_drops(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        kept = row["kept_by"]
        instead = f" ({tr('kept instead: {id}', id=kept)})" if kept else ""
        print(row["id"] or f"{row['source']}: {row['where']}")
        print(f"  {row['language']} · {row['step']}: {row['reason']}{instead}")
