"""`tertulia discover run BRIEF`: a campaign to its end, or a screen of tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.options import RUNS, JsonOption, MachineOption, RunsOption
from tertulia.cli.stopping import stoppable
from tertulia.messages import mark, ntr, tr

if TYPE_CHECKING:
    from tertulia.campaign.loop import Progress
    from tertulia.discover.brief import Brief
    from tertulia.discover.outcome import Outcome
    from tertulia.discover.screens import ScreenBrief

_BriefArgument = Annotated[
    str,
    typer.Argument(metavar="BRIEF", help=mark("A brief's file, or the name of a shipped brief.")),
]
_Approve = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PLACE",
        help=mark(
            "Approve the dear calculations of this finalist, by its place or `all`; may be given "
            "again."
        ),
    ),
]

_TOLD_EVERY = 10
"""Calculations between two lines that tell how far it is."""


def discover_run(
    brief: _BriefArgument,
    approve: _Approve = None,
    on: MachineOption = None,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
) -> None:
    from tertulia.discover.brief import Brief, load_brief
    from tertulia.discover.gate import approved
    from tertulia.discover.packages import require_discover
    from tertulia.errors import DataError

    loaded = load_brief(brief)
    if not isinstance(loaded, Brief):
        if approve:
            raise DataError(
                "discover.gate",
                "a screen has no calculations to approve",
                where="--approve",
                remedy="Leave it out",
            )
        _screen(loaded, runs, json=json)
        return
    require_discover(dear=bool(approve or approved(runs / loaded.name)))
    with stoppable():
        _campaign(loaded, brief, runs, approve or [], on=on, json=json)


def _campaign(
    brief: Brief, named: str, runs: Path, wanted: list[str], *, on: str | None, json: bool
) -> None:
    from tertulia.compute.profiles import resolve_machine
    from tertulia.discover.discovery import Watcher, discover
    from tertulia.discover.dossier.folder import write_dossier

    folder = runs / brief.name
    machine = resolve_machine(on)
    watcher = Watcher(searched=_show_search, validated=_show_tier)
    outcome = discover(
        brief,
        folder,
        processes=machine.workers,
        executor=machine.executor,
        wanted=wanted,
        watcher=watcher,
    )
    show_outcome(outcome, folder, write_dossier(folder), brief=named, json=json)


def _screen(brief: ScreenBrief, runs: Path, *, json: bool) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.discover.screening import screen

    found = screen(brief, runs / brief.name)
    if json:
        print_json({"folder": runs / brief.name, "report": found.page, **found.fields})
        return
    for section in found.sections:
        print(f"{section.title}: {section.lead}")
    print(tr("Report: {path}", path=found.page))


def show_outcome(outcome: Outcome, folder: Path, page: Path, *, brief: str, json: bool) -> None:
    """Prints what a campaign found; `brief` is how its brief is named on the command line."""
    from tertulia.cli.json_output import print_json

    if not json:
        _show(outcome, folder, page, brief)
        return
    print_json(
        {
            "folder": folder,
            "dossier": page,
            "digest": outcome.digest,
            "funnel": outcome.funnel.model_dump(),
            "finalists": [outcome.candidate(one).model_dump() for one in outcome.finalists],
            "approved": list(outcome.approved),
        }
    )


def _show_search(progress: Progress) -> None:
    from tertulia.progress import log

    if progress.finished % _TOLD_EVERY and progress.finished != progress.budget:
        return
    log(
        tr(
            "calculated {finished} of {budget}, {failed} without a result",
            finished=progress.finished,
            budget=progress.budget,
            failed=progress.failed,
        )
    )


def _show_tier(tier: str, finished: int, total: int) -> None:
    from tertulia.progress import log

    if finished % _TOLD_EVERY and finished != total:
        return
    log(tr("{tier}: {finished} of {total}", tier=tier, finished=finished, total=total))


def _show(outcome: Outcome, folder: Path, page: Path, brief: str) -> None:
    from tertulia.cli.program import command_line

    funnel = outcome.funnel
    print(
        tr(
            "{proposed} proposed, {eligible} allowed, {calculated} calculated, "
            "{validated} validated",
            proposed=sum(funnel.proposed.values()),
            eligible=funnel.eligible,
            calculated=funnel.calculated,
            validated=funnel.validated,
        )
    )
    print(ntr("{count} finalist", "{count} finalists", len(outcome.finalists)))
    for place, anion in enumerate(outcome.finalists, start=1):
        found = outcome.candidate(anion)
        assert found.acidity is not None, "a finalist has an acidity"
        pka = found.acidity.pka
        print(
            f"{place:3} {found.family:18} pKa {pka.value:6.1f} ({pka.low:.1f} … {pka.high:.1f}) "
            f"{anion}"
        )
    print(tr("Dossier: {path}", path=page))
    if set(outcome.finalists) - set(outcome.approved):
        print(
            tr(
                "Dear calculations wait for your approval: {command}",
                command=command_line(
                    "discover", "run", brief, "--runs", str(folder.parent), "--approve", "PLACE"
                ),
            )
        )
