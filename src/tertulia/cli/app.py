"""Puts the verbs together. Their imports are theirs: `tertulia --help` loads no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
import typer.core

from tertulia import __version__
from tertulia.cli.chat import chat
from tertulia.cli.cluster import cancel as cluster_cancel
from tertulia.cli.cluster import logs as cluster_logs
from tertulia.cli.cluster import status as cluster_status
from tertulia.cli.corpus_explain import corpus_explain
from tertulia.cli.corpus_identify import corpus_identify
from tertulia.cli.corpus_inspect import corpus_inspect
from tertulia.cli.discover_report import discover_report
from tertulia.cli.discover_run import discover_run
from tertulia.cli.doctor import doctor
from tertulia.cli.evaluate import evaluate_text
from tertulia.cli.evaluate_board import evaluate_board
from tertulia.cli.evaluate_compare import evaluate_compare
from tertulia.cli.evaluate_run import evaluate_run
from tertulia.cli.generate import generate
from tertulia.cli.outcome import report_failure
from tertulia.cli.plan import plan
from tertulia.cli.run import run
from tertulia.cli.serve import serve
from tertulia.cli.tokenizer_measure import tokenizer_measure
from tertulia.messages import mark, tr


class _Verbs(typer.core.TyperGroup):
    """The root command: whatever a verb raises ends here."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, SystemExit):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if _is_usage_error(error):
                raise
            debug = bool(ctx.params.get("debug"))
            raise typer.Exit(report_failure(error, debug=debug)) from error


def build_command() -> Any:
    """The whole command line, its help in the reader's language."""
    app = typer.Typer(
        cls=_Verbs,
        help=mark("Build language models for Spanish, Catalan, Valencian, Basque and Galician."),
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    app.command(help=mark("Build a model from a recipe, or go on where that stopped."))(run)
    app.command(help=mark("Say what a recipe will need before anything runs."))(plan)
    app.command(help=mark("Talk with a model."))(chat)
    app.command(help=mark("Let a model continue a text."))(generate)
    app.command(help=mark("Serve a model and documents over the OpenAI API."))(serve)
    app.command(help=mark("Show what this machine offers and what is missing."))(doctor)
    app.add_typer(_corpus(), name="corpus")
    app.add_typer(_tokenizer(), name="tokenizer")
    app.add_typer(_evaluate(), name="evaluate")
    app.add_typer(_discover(), name="discover")
    app.add_typer(_cluster(), name="cluster")
    return _translated(typer.main.get_command(app))


def _corpus() -> typer.Typer:
    corpus = _group(mark("Look into texts and corpora."))
    corpus.command("identify", help=mark("Tell the language of each line or document."))(
        corpus_identify
    )
    corpus.command("inspect", help=mark("Browse a corpus and what was dropped from it."))(
        corpus_inspect
    )
    corpus.command("explain", help=mark("Show one document's way through the steps."))(
        corpus_explain
    )
    return corpus


def _tokenizer() -> typer.Typer:
    tokenizer = _group(mark("Measure tokenizers."))
    tokenizer.command("measure", help=mark("How well a tokenizer fits texts."))(tokenizer_measure)
    return tokenizer


def _evaluate() -> typer.Typer:
    evaluate = _group(mark("Measure a model."))
    evaluate.command("run", help=mark("Ask a model the questions of suites and report."))(
        evaluate_run
    )
    evaluate.command("compare", help=mark("Compare models on the same questions."))(
        evaluate_compare
    )
    evaluate.command("board", help=mark("Write pages that rank the models of a folder."))(
        evaluate_board
    )
    evaluate.command("text", help=mark("Bits per byte of a model on a text file."))(evaluate_text)
    return evaluate


def _discover() -> typer.Typer:
    discover = _group(mark("Search for molecules, and screen what a value chain uses."))
    discover.command("run", help=mark("Run a campaign or a screen, or go on where it stopped."))(
        discover_run
    )
    discover.command(
        "report", help=mark("Write a campaign's dossier again, or compute its records again.")
    )(discover_report)
    return discover


def _cluster() -> typer.Typer:
    cluster = _group(mark("Follow the jobs that `run --submit` queued."))
    cluster.command("status", help=mark("Show what became of the jobs of runs."))(cluster_status)
    cluster.command("logs", help=mark("Print what a run's newest job prints."))(cluster_logs)
    cluster.command("cancel", help=mark("Cancel a run's job; what it finished is kept."))(
        cluster_cancel
    )
    return cluster


def _group(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True, rich_markup_mode=None)


def _translated(command: Any) -> Any:
    """Help is marked where it is written; here, not at import, the reader's language is known."""
    if command.help:
        command.help = tr(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = tr(parameter.help)
    for verb in getattr(command, "commands", {}).values():
        _translated(verb)
    return command


def main(argv: Sequence[str]) -> int:
    """Runs one command line; returns its exit code."""
    command = build_command()
    try:
        command.main(args=list(argv), prog_name="tertulia")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    return 0


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help=mark("Print the version."),
            is_eager=True,
            callback=lambda wanted: _print_version(wanted),
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help=mark("Show the traceback of any error."))
    ] = False,
) -> None:
    pass


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"tertulia {__version__}")
        raise typer.Exit


def _is_usage_error(error: BaseException) -> bool:
    """Whether typer itself raised it over the command line, which it prints better than we can."""
    return any(base.__name__ == "UsageError" for base in type(error).__mro__)
