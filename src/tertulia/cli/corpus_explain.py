"""`tertulia corpus explain ID`: one document's way through the steps."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tertulia.cli.corpus_inspect import CorpusRunArgument
from tertulia.cli.options import RUNS, JsonOption, RunsOption
from tertulia.cli.table import print_pairs
from tertulia.messages import mark, tr

_OUTCOMES = {
    "passed": mark("passed"),
    "dropped": mark("dropped"),
    "not-reached": mark("not reached"),
}
_ORIGIN = {
    "source": mark("source"),
    "url": mark("address"),
    "licence": mark("licence"),
    "language": mark("language"),
    "date": mark("date"),
    "parent": mark("segment of"),
}


def corpus_explain(
    document: Annotated[
        str,
        typer.Argument(metavar="ID", help=mark("A document's id, or as much as tells it apart.")),
    ],
    run: CorpusRunArgument = None,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.corpus.browse import find_corpus
    from tertulia.corpus.explanation import explain

    built = find_corpus(run, runs)
    told = explain(built, document)
    if json:
        print_json({"run": built.name, **told})
    else:
        _show(told)


def _show(told: dict[str, Any]) -> None:
    print(told["id"])
    print_pairs({tr(_ORIGIN[key]): str(value) for key, value in told["origin"].items() if value})
    print()
    for step in told["steps"]:
        print(f"{step['step']}: {tr(_OUTCOMES[step['outcome']])}{_why(step)}")
        shown = {key: _written(value) for key, value in step["attributes"].items() if value}
        settings = {key: _written(value) for key, value in step.get("settings", {}).items()}
        print_pairs(shown | {tr("setting {name}", name=key): v for key, v in settings.items()})
    print_pairs({key: _written(value) for key, value in told["attributes"].items()})
    print()
    if told["cluster"]:
        print(tr("Near copies of one another:"))
        print_pairs({row["id"]: _similarity(row) for row in told["cluster"]})
    if told["segments"]:
        print(tr("It was cut into segments:"))
        print_pairs(dict.fromkeys(told["segments"], ""))
    result = told["result"]
    print(tr("It is in {file}.", file=result["file"]) if result else tr("It is not in the corpus."))


def _why(step: dict[str, Any]) -> str:
    if step["outcome"] != "dropped":
        return ""
    kept_by = step.get("kept_by")
    return f", {step['reason']}" + (f" ({tr('kept instead: {id}', id=kept_by)})" if kept_by else "")


def _similarity(row: dict[str, Any]) -> str:
    words = [tr("kept")] if row.get("kept") is True else []
    value = row.get("similarity")
    return ", ".join([*words, *([f"{value:.2f}"] if isinstance(value, float) else [])])


def _written(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
