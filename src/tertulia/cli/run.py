"""`tertulia run RECIPE`: builds what a recipe says, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tertulia.cli.options import RUNS, JsonOption, MachineOption, RecipeArgument, RunsOption
from tertulia.messages import mark, tr

if TYPE_CHECKING:
    from tertulia.pipeline import RunReport, StageEvent


def run(
    recipe: RecipeArgument,
    only: Annotated[
        str | None,
        typer.Option(metavar="STAGE", help=mark("Build this stage alone, from finished ones.")),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="STAGE", help=mark("Stop after this stage."))
    ] = None,
    on: MachineOption = None,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.pipeline import run_recipe

    report = run_recipe(
        recipe, runs_dir=runs, only=only, until=until, machine=on, on_event=_show_event
    )
    if json:
        print_json(_fields(report))
    else:
        _show_end(report, runs)


def _show_event(event: StageEvent) -> None:
    from tertulia.cli.quantities import count_text, seconds_text
    from tertulia.progress import log

    counts = ", ".join(
        f"{name.replace('_', ' ')} {count_text(count)}" for name, count in event.counts.items()
    )
    line = {
        "skipped": tr("{stage}: done already", stage=event.stage),
        "started": tr("{stage}: begins", stage=event.stage),
        "resumed": tr("{stage}: goes on from where it stopped", stage=event.stage),
        "finished": tr(
            "{stage}: built in {time}", stage=event.stage, time=seconds_text(event.seconds)
        ),
    }[event.kind]
    log(f"{line} ({counts})" if counts and event.kind == "finished" else line)


def _show_end(report: RunReport, runs: Path) -> None:
    from tertulia.cli.program import command_line
    from tertulia.cli.quantities import seconds_text

    for notice in report.notices:
        print(notice)
    print(tr("Done in {time}: {folder}", time=seconds_text(report.seconds), folder=report.folder))
    if page := _report_page(report):
        print(tr("Report: {path}", path=page))
    if _model(report):
        place = [] if runs == RUNS else ["--runs", str(runs)]
        command = command_line("chat", report.name, *place)
        print(tr("Talk with the model: {command}", command=command))


def _fields(report: RunReport) -> dict[str, Any]:
    """The report for programs; only stages that this run was to build are listed."""
    statuses = {"finished": "built", "skipped": "skipped"}
    stages = [
        {
            "stage": event.stage,
            "status": statuses[event.kind],
            "seconds": round(event.seconds, 3),
            "folder": event.folder,
            "key": report.artifacts[event.stage].manifest.key,
            "digest": report.artifacts[event.stage].manifest.digest,
            "counts": dict(event.counts),
        }
        for event in report.events
        if event.kind in statuses
    ]
    return {
        "recipe": report.name,
        "folder": report.folder,
        "seconds": round(report.seconds, 3),
        "stages": stages,
        "report": _report_page(report),
        "model": _model(report),
        "notices": list(report.notices),
    }


def _report_page(report: RunReport) -> Path | None:
    evaluation = report.artifacts.get("evaluate")
    page = evaluation.path / "report.html" if evaluation else None
    return page if page and page.is_file() else None


def _model(report: RunReport) -> Path | None:
    """The released instruct model, once there is one."""
    release = report.artifacts.get("release")
    models = release.path.glob("*-instruct-v*/config.json") if release else ()
    return next((config.parent for config in models), None)
