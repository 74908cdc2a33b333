"""`tertulia run RECIPE`: builds what a recipe says, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tertulia.cli.options import (
    RUNS,
    JsonOption,
    MachineOption,
    RecipeArgument,
    RunsOption,
    WatchOption,
)
from tertulia.cli.stopping import stoppable
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
    watch: WatchOption = None,
    submit: Annotated[
        bool, typer.Option("--submit", help=mark("Queue it as a job of the cluster's Slurm."))
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=mark("With --submit: print the job script, queue nothing.")),
    ] = False,
    share: Annotated[
        str | None,
        typer.Option(
            metavar="K/N",
            help=mark("Only prepare every Nth shard of the corpus, from the Kth: for a job array."),
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    if dry_run and not submit:
        raise typer.BadParameter(tr("--dry-run goes with --submit"))
    if submit:
        from tertulia.cli.submission import submit as submit_job

        given = (("--only", only), ("--until", until), ("--watch", watch))
        options = tuple(word for name, value in given if value for word in (name, value))
        submit_job(recipe, machine=on, runs=runs, options=options, dry_run=dry_run, json=json)
        return
    if share is not None:
        with stoppable():
            _take_share(recipe, share, on=on, runs=runs)
        return
    from tertulia.compute.world import world_from_environment
    from tertulia.train.ranks import follow, leading

    world = world_from_environment()
    if world.rank:
        raise typer.Exit(follow(world))
    with leading(world), stoppable():
        _build(recipe, only=only, until=until, on=on, runs=runs, watch=watch, json=json)


def _take_share(recipe: str, share: str, *, on: str | None, runs: Path) -> None:
    import re

    from tertulia.pipeline import take_share
    from tertulia.progress import log

    match = re.fullmatch(r"(\d+)/(\d+)", share)
    if match is None or int(match[1]) >= int(match[2]):
        raise typer.BadParameter(tr("--share wants K/N with K from 0 to N - 1, such as 0/8"))
    shards = take_share(recipe, (int(match[1]), int(match[2])), runs_dir=runs, machine=on)
    log(tr("Shards prepared: {count}", count=shards))


def _build(
    recipe: str,
    *,
    only: str | None,
    until: str | None,
    on: str | None,
    runs: Path,
    watch: str | None,
    json: bool,
) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.pipeline import run_recipe

    if watch is not None:
        from tertulia.train.observers.event_files import require_tensorboard

        # Now, rather than when training begins hours later.
        require_tensorboard()
    report = run_recipe(
        recipe,
        runs_dir=runs,
        only=only,
        until=until,
        machine=on,
        on_event=_show_event,
        watch=() if watch is None else (watch,),
    )
    if json:
        print_json(_fields(report))
    else:
        _show_end(report, runs)


def _show_event(event: StageEvent) -> None:
    from tertulia.messages.quantities import count_text, seconds_text
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
    from tertulia.cli.forgetting import show_forgetting
    from tertulia.cli.program import command_line
    from tertulia.messages.quantities import seconds_text

    for notice in report.notices:
        print(notice)
    print(tr("Done in {time}: {folder}", time=seconds_text(report.seconds), folder=report.folder))
    if page := _report_page(report):
        show_forgetting(page.parent)
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
    """The released model, once there is one: the instruct one, where the recipe aligns."""
    release = report.artifacts.get("release")
    if release is None:
        return None
    found = (path for kind in ("instruct", "base") for path in release.path.glob(f"*-{kind}-v*"))
    return next((folder for folder in found if (folder / "config.json").is_file()), None)
