"""`make quickstart` from a fresh clone: wall time, memory and disk.

Clones this repository's HEAD into an empty folder, sets it up (`make` its set-up stamp), then runs
`make quickstart` with an empty compile cache, watched from outside; wall time per stage is that of
the manifests.

    python -m benchmarks.quickstart [--quick] [--make TORCH=cpu ...] [--keep DIR]

Traps. HEAD: what is not committed is not measured. Installing takes packages from pip's cache or
from the network, whichever there is, so that its seconds say little; they are apart. Memory is the
sum over processes, sampled. With --quick the working tree runs its short recipe with this
interpreter, and nothing is cloned or installed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command_line import ROOT, SHORT_RECIPE, begin, child_environment, parser, publish
from benchmarks.figures import mebibytes, table
from benchmarks.process_watch import Watched, watch
from tertulia.store.find import latest_artifacts, newest_run
from tertulia.store.manifest import read_manifest

_STAMP = ".venv/core-cpu.stamp"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One quickstart."""

    installing: Watched | None
    running: Watched
    run: Path


def measure(arguments: argparse.Namespace, folder: Path) -> Measured:
    """Clones, sets up and runs; with --quick only runs."""
    cache = {"TORCHINDUCTOR_CACHE_DIR": str(folder / "compile-cache")}
    log = folder / "log.txt"
    if arguments.quick:
        runs = folder / "runs"
        command = [sys.executable, "-m", "tertulia", "run", str(SHORT_RECIPE), "--runs", str(runs)]
        running = watch(command, folder=ROOT, environment=child_environment(**cache), log=log)
        return Measured(installing=None, running=running, run=_run_in(runs))
    clone = clone_head(folder)
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= cache
    settings = list(arguments.make)
    installing = watch(["make", _STAMP, *settings], folder=clone, environment=environment, log=log)
    running = watch(
        ["make", "quickstart", *settings], folder=clone, environment=environment, log=log
    )
    return Measured(installing=installing, running=running, run=_run_in(clone / "runs"))


def clone_head(folder: Path) -> Path:
    """A fresh clone in `folder`, with objects of its own."""
    clone = folder / "tertulia"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    return clone


def _run_in(runs: Path) -> Path:
    run = newest_run(runs)
    if run is None:
        raise RuntimeError(f"no finished stage below {runs}")
    return run


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def lines_of(measured: Measured) -> list[str]:
    """The section."""
    running = measured.running
    rows = [["`make quickstart`, set up already", f"{running.seconds:.0f} s"]]
    if measured.installing is not None:
        whole = measured.installing.seconds + running.seconds
        rows = [
            ["setting up", f"{measured.installing.seconds:.0f} s"],
            *rows,
            ["both", f"{whole:.0f} s"],
        ]
    stages = {
        stage: read_manifest(folder) for stage, folder in latest_artifacts(measured.run).items()
    }
    in_stages = sum(manifest.wall_seconds for manifest in stages.values())
    rows += [[f"of it, `{stage}`", f"{m.wall_seconds:.1f} s"] for stage, m in stages.items()]
    rows += [
        ["of it, outside the stages", f"{running.seconds - in_stages:.1f} s"],
        ["peak memory, all processes", mebibytes(running.peak_tree_bytes)],
        ["peak memory, largest process", mebibytes(running.peak_process_bytes)],
        ["disk, whole run", mebibytes(_bytes_below(measured.run))],
        ["disk, `release`", mebibytes(_bytes_below(latest_artifacts(measured.run)["release"]))],
    ]
    return ["One run, with an empty compile cache.", "", *table(["", ""], rows)]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--make", nargs="*", default=[], metavar="NAME=VALUE")
    options.add_argument("--keep", type=Path, help="clone here, and leave it there afterwards")
    arguments = options.parse_args()
    load = begin()
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True)
        lines = lines_of(measure(arguments, arguments.keep.resolve()))
    else:
        with tempfile.TemporaryDirectory() as folder:
            lines = lines_of(measure(arguments, Path(folder)))
    publish(arguments, "quickstart", "The quickstart from a fresh clone", lines, load=load)


if __name__ == "__main__":
    main()
