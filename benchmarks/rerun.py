"""How long it takes to find that there is nothing to do, and to print the help.

`tertulia run RECIPE` on a finished run, and `tertulia --help`, each from the start of a fresh
interpreter; medians of five and of twenty. A run that is not finished yet is built first, untimed.

    python -m benchmarks.rerun [--quick] [--recipe quickstart] [--runs DIR] [--times 5]

Traps. Each run reads all artifacts once to check their digests: the first is slower where they are
not in the page cache, so one is made untimed. `help_time.py` holds the bound on the help.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.command_line import (
    begin,
    child_environment,
    parser,
    publish,
    quick_or,
    recipe_argument,
)
from benchmarks.figures import mebibytes, spread, table
from tertulia.store.find import latest_artifacts


def timed(arguments: list[str]) -> tuple[float, str]:
    """Seconds and output of one `tertulia` command; raises RuntimeError with what it said."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tertulia", *arguments],
        env=child_environment(),
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        said = done.stderr[-4000:]
        raise RuntimeError(f"tertulia {arguments} ended with {done.returncode}:\n{said}")
    return seconds, done.stdout


def measure(arguments: argparse.Namespace, runs: Path) -> list[str]:
    """The section; raises RuntimeError where a run that was finished builds something."""
    command = ["run", recipe_argument(arguments), "--runs", str(runs), "--json"]
    for _ in range(2):
        _, printed = timed(command)
    again = []
    for _ in range(quick_or(arguments, "times", 2, 5)):
        seconds, printed = timed(command)
        built = [s["stage"] for s in json.loads(printed)["stages"] if s["status"] != "skipped"]
        if built:
            raise RuntimeError(f"running again built {built}")
        again.append(seconds)
    helps = [timed(["--help"])[0] for _ in range(2 if arguments.quick else 20)]
    folders = latest_artifacts(runs / json.loads(printed)["recipe"]).values()
    size = sum(path.stat().st_size for f in folders for path in f.rglob("*") if path.is_file())
    rows = [
        [f"running again ({mebibytes(size)} checked)", spread(again), str(len(again))],
        ["`tertulia --help`", spread(helps), str(len(helps))],
    ]
    return table(["", "seconds, median (min to max)", "times"], rows)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--recipe", help="a recipe file or name (default quickstart)")
    options.add_argument("--runs", type=Path, help="default: runs; with --quick a new folder")
    options.add_argument("--times", type=int)
    arguments = options.parse_args()
    load = begin()
    if arguments.quick and arguments.runs is None:
        with tempfile.TemporaryDirectory() as folder:
            lines = measure(arguments, Path(folder))
    else:
        lines = measure(arguments, arguments.runs or Path("runs"))
    publish(arguments, "rerun", "Running again, and the help", lines, load=load)


if __name__ == "__main__":
    main()
