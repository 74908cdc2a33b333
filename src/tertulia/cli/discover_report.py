"""`tertulia discover report CAMPAIGN`: the dossier once more, or records computed again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.options import RUNS, JsonOption, MachineOption, RunsOption
from tertulia.cli.stopping import stoppable
from tertulia.messages import mark, tr

if TYPE_CHECKING:
    from tertulia.campaign.reproduce import Reproduction

_CampaignArgument = Annotated[
    str,
    typer.Argument(metavar="CAMPAIGN", help=mark("The name of a campaign, or its folder.")),
]
_Again = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY",
        help=mark("Compute this record again and compare; may be given again."),
    ),
]


def discover_report(
    campaign: _CampaignArgument,
    again: _Again = None,
    on: MachineOption = None,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
) -> None:
    from tertulia.discover.outcome import read_outcome
    from tertulia.discover.packages import require_discover

    folder = Path(campaign) if os.path.isdir(campaign) else runs / campaign
    outcome = read_outcome(folder)
    require_discover()
    if again:
        with stoppable():
            found = _computed(folder, again, on=on)
        _show_again(found, json=json)
        return
    from tertulia.cli.discover_run import show_outcome
    from tertulia.discover.dossier.folder import write_dossier
    from tertulia.recipe.shipped import shipped_names

    brief = outcome.name if outcome.name in shipped_names("briefs") else "BRIEF"
    show_outcome(outcome, folder, write_dossier(folder), brief=brief, json=json)


def _computed(folder: Path, keys: list[str], *, on: str | None) -> list[Reproduction]:
    from contextlib import closing

    from tertulia.campaign.calculators import calculators
    from tertulia.campaign.reproduce import records, reproduce
    from tertulia.campaign.result_store import ResultStore
    from tertulia.compute.profiles import resolve_machine
    from tertulia.discover.discovery import DEAR_LIBRARIES, RESULTS
    from tertulia.store.versions import package_versions

    machine = resolve_machine(on)
    with closing(ResultStore(folder / RESULTS)) as store:
        kept = records(store, keys)
        with closing(
            calculators(machine.executor, machine.workers, timeout=float("inf"))
        ) as workers:
            return reproduce(kept, package_versions(DEAR_LIBRARIES), workers)


def _show_again(found: list[Reproduction], *, json: bool) -> None:
    from tertulia.cli.json_output import print_json

    if json:
        print_json({"records": [_fields(one) for one in found]})
    else:
        words = {
            "identical": tr("identical"),
            "equal": tr("equal to rounding"),
            "different": tr("different"),
        }
        for one in found:
            print(f"{one.key[:12]} {words[one.verdict]}")
            for name, (then, now) in one.libraries.items():
                print(tr("  {name} was {then}, is {now}", name=name, then=then, now=now))
    if any(one.verdict == "different" for one in found):
        raise typer.Exit(2)


def _fields(one: Reproduction) -> dict[str, object]:
    return {
        "key": one.key,
        "verdict": one.verdict,
        "largest_relative_difference": None if one.largest == float("inf") else one.largest,
        "libraries": one.libraries,
        "kept": dict(one.kept.values),
        "now": dict(one.now.values),
    }
