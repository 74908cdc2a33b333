"""From what a user types as MODEL to the folder that holds the model."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from tertulia.errors import ModelError
from tertulia.store import latest_artifacts


def find_model(argument: str | None, runs_dir: Path) -> Path:
    """The model folder that `argument` means.

    A folder with a `config.json` is itself; a run's name, or a run's folder, is that run's
    released instruct model; nothing is the released instruct model of the newest run that has one.
    Raises ModelError `model.not-found`, naming the runs there are, or `model.not-released` for a
    run that has not got so far; StoreError `store.bad-latest` for a damaged run.
    """
    if argument is None:
        return _newest(runs_dir)
    folder = Path(argument)
    if (folder / "config.json").is_file():
        return folder
    for run in (runs_dir / argument, folder):
        if (run / "latest.json").is_file():
            return _released(run) or _not_released(run)
    _not_found(f"'{argument}' is neither a model folder nor a run", runs_dir)


def runs(runs_dir: Path) -> list[Path]:
    """The run folders in `runs_dir`, the one that finished something last first."""
    dated = [(path.stat().st_mtime_ns, path.parent) for path in runs_dir.glob("*/latest.json")]
    return [run for _, run in sorted(dated, reverse=True)]


def _newest(runs_dir: Path) -> Path:
    for run in runs(runs_dir):
        if (model := _released(run)) is not None:
            return model
    _not_found("There is no run with a released model", runs_dir)


def _released(run: Path) -> Path | None:
    """The instruct model of the run's latest release, or None where it has none."""
    release = latest_artifacts(run).get("release")
    found = sorted(release.glob("*-instruct-v*/config.json")) if release else []
    return found[-1].parent if found else None


def _not_released(run: Path) -> NoReturn:
    raise ModelError(
        "model.not-released",
        f"the run '{run.name}' has no released model yet",
        where=str(run),
        remedy=f"Finish it with: tertulia run {run.name}",
    )


def _not_found(what: str, runs_dir: Path) -> NoReturn:
    names = sorted(run.name for run in runs(runs_dir))
    remedy = (
        "Name a model folder or one of these runs: " + ", ".join(names)
        if names
        else "There are no runs yet; build one with: tertulia run quickstart"
    )
    raise ModelError("model.not-found", what, where=str(runs_dir), remedy=remedy)
