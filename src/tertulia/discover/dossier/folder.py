"""Writes a campaign's dossier: pages in six languages, geometries, and files for programs."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

from tertulia.discover.dossier.campaign_page import render_campaign
from tertulia.discover.dossier.campaign_view import CampaignView, page_name, view_of
from tertulia.discover.dossier.candidate_page import render_candidate
from tertulia.discover.dossier.machine_files import candidates_csv, dossier_json
from tertulia.discover.dossier.page_template import ORDER, tag
from tertulia.discover.dossier.records import Records
from tertulia.discover.outcome import Candidate, read_outcome
from tertulia.messages import language, reading
from tertulia.store.atomic import disk_errors, fsync, fsync_tree

FOLDER, FILES, RESULTS = "dossier", "files", "results"
INDEX = "index.html"


def write_dossier(folder: Path) -> Path:
    """Writes `dossier/` into a campaign's folder, from its `campaign.json` and its records.

    Gives the page in the reader's language. A dossier that was there is replaced as a whole.
    Raises DataError `discover.no-campaign`, StoreError `campaign.record-damaged` and, where it
    cannot be written, `store.disk-full` and `store.not-writable`.
    """
    outcome = read_outcome(folder)
    _tidy(folder)
    beside = folder / f".{FOLDER}.{os.getpid()}.new"
    with disk_errors(folder), closing(Records(folder / RESULTS)) as records:
        try:
            beside.mkdir()
            _write(view_of(outcome, records, folder), beside)
            _replace(folder / FOLDER, beside)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return folder / FOLDER / INDEX


def _tidy(folder: Path) -> None:
    """Removes what a process that was killed while it wrote has left."""
    for left in sorted(folder.glob(f".{FOLDER}.*.*")):
        process = left.name.split(".")[2]
        if process.isdecimal() and not _is_running(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(view: CampaignView, folder: Path) -> None:
    files = {
        one.anion: _geometries(view, one, folder, f"{FILES}/{page_name(place)[: -len('.html')]}")
        for place, one in enumerate(view.finalists, start=1)
    }
    _text(folder / "dossier.json", dossier_json(view, files))
    _text(folder / "candidates.csv", candidates_csv(view))
    here = tag(language())
    _text(folder / INDEX, render_campaign(view, home="", pages=f"{here}/"))
    for name in ORDER:
        own = folder / tag(name)
        own.mkdir()
        with reading(name):
            _text(own / INDEX, render_campaign(view, home="../", pages=""))
            for place, one in enumerate(view.finalists, start=1):
                page = render_candidate(view, one, files[one.anion], home="../")
                _text(own / page_name(place), page)


def _geometries(view: CampaignView, one: Candidate, folder: Path, below: str) -> tuple[str, ...]:
    """Geometries of a candidate's records and inputs made of them: paths from the dossier."""
    from tertulia.discover.physics.acidity import GAS_PHASE
    from tertulia.discover.physics.export import export_inputs

    results = [result for _, result in view.records.of(one)]
    if not results:
        return ()
    solvent = view.brief.target.solvent
    written = export_inputs(
        folder / below, results, solvent=None if solvent == GAS_PHASE else solvent
    )
    return tuple(path.relative_to(folder).as_posix() for path in written)


def _text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _replace(place: Path, beside: Path) -> None:
    """Puts the new folder in the old one's place; a kill in between loses the old one only."""
    fsync_tree(beside, leave_out=beside / "nothing")
    old = place.with_name(f".{place.name}.{os.getpid()}.old")
    if place.exists():
        place.replace(old)
    beside.replace(place)
    fsync(place.parent)
    shutil.rmtree(old, ignore_errors=True)
