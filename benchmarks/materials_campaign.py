"""What the shipped campaign found and what it took.

    tertulia discover run materials-pag
    python -m benchmarks.materials_campaign runs/materials-pag [--quick]

Reads the outcome and the records of a campaign that has run. Its time is that from the beginning
of the first calculation to the end of the last, as the records tell, the proposing in between
included; the start of the program and the writing of the dossier are not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing
from datetime import datetime
from pathlib import Path

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from tertulia.campaign.calculation import Cost
from tertulia.campaign.result_store import ResultStore
from tertulia.discover.discovery import RESULTS
from tertulia.discover.outcome import Candidate, Outcome, read_outcome


def main() -> None:
    options = parser(__doc__)
    options.add_argument("folder", type=Path, help="the folder of the campaign")
    arguments = options.parse_args()
    load = begin()
    outcome = read_outcome(arguments.folder)
    lines = [
        *_found(outcome),
        "",
        *_took(arguments.folder),
        "",
        *_finalists(outcome),
        "",
        *_anchors(outcome),
    ]
    publish(
        arguments,
        "materials-campaign",
        "The campaign materials-pag",
        lines,
        load=load,
        packages=("numpy", "rdkit", "tblite"),
    )


def _found(outcome: Outcome) -> list[str]:
    funnel = outcome.funnel
    finalists = [outcome.candidate(anion) for anion in outcome.finalists]
    families = Counter(one.family for one in finalists)
    failed = ", ".join(f"{count} {reason}" for reason, count in funnel.failed.items()) or "none"
    return [
        f"{sum(funnel.proposed.values()):,} proposed, {funnel.eligible:,} new and allowed, "
        f"{funnel.calculated} calculated by GFN2-xTB, {funnel.validated} validated; failed: "
        f"{failed}. Finalists: {len(finalists)} of {len(families)} families "
        f"({', '.join(f'{name} {count}' for name, count in sorted(families.items()))}), digest "
        f"{outcome.digest[:12]}.",
    ]


def _took(folder: Path) -> list[str]:
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    ends: list[tuple[datetime, float]] = []
    with closing(ResultStore(folder / RESULTS)) as store:
        for result in store.results():
            cost = result.cost
            if cost is not None:
                seconds[result.calculation.task.rpartition(":")[2]].append(cost.cpu_seconds)
                ends.append(_end(cost))
    begun = min(one for one, _ in ends)
    ended = max(one.timestamp() + took for one, took in ends)
    rows = [
        [name, str(len(costs)), f"{sum(costs) / len(costs):.2f}", f"{sum(costs):.0f}"]
        for name, costs in sorted(seconds.items())
    ]
    return [
        f"From the first calculation to the end of the last {(ended - begun.timestamp()) / 60:.1f} "
        "minutes.",
        "",
        *table(["task", "calculations", "CPU s each", "CPU s"], rows),
    ]


def _end(cost: Cost) -> tuple[datetime, float]:
    return datetime.fromisoformat(cost.began), cost.seconds


def _finalists(outcome: Outcome) -> list[str]:
    return _rows([(str(place), outcome.candidate(anion)) for place, anion in _places(outcome)])


def _places(outcome: Outcome) -> list[tuple[int, str]]:
    return list(enumerate(outcome.finalists, start=1))


def _anchors(outcome: Outcome) -> list[str]:
    return _rows(list(outcome.anchors.items()))


def _rows(named: list[tuple[str, Candidate]]) -> list[str]:
    """dE of the acid as written and of its most stable form, in kcal/mol; gap in eV."""
    rows = []
    for name, one in named:
        xtb, sites, pair = (one.tier(tier) for tier in ("xtb", "proton-sites", "ion-pair"))
        assert xtb is not None and one.acidity is not None
        more = one.acidity.stronger_than_reference
        rows.append(
            [
                name,
                one.family,
                one.generator,
                f"`{one.anion}`",
                f"{xtb.values['deprotonation']:.1f}",
                f"{sites.values['deprotonation']:.1f}" if sites and sites.done else "",
                f"{more.value:+.1f} [{more.low:+.1f}, {more.high:+.1f}]",
                one.acidity.standing,
                f"{xtb.values['gap_ev']:.2f}",
                f"{pair.values['binding']:.1f}" if pair and pair.done else "",
            ]
        )
    heads = [
        "",
        "family",
        "from",
        "anion",
        "dE",
        "dE, stable form",
        "stronger than tosylic acid, pKa in MeCN",
        "standing",
        "gap",
        "pair",
    ]
    return table(heads, rows)


if __name__ == "__main__":
    main()
