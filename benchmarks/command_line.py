"""What every benchmark's command line shares, and how its figure reaches RESULTS.md."""

from __future__ import annotations

import argparse
import datetime
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine_words import load_words, machine_words
from benchmarks.results_file import RESULTS, write_section

ROOT = Path(__file__).parents[1]
SHORT_RECIPE = ROOT / "tests" / "quickstart-short.toml"
"""What --quick builds: every stage and language in seconds, a figure that means nothing."""


def parser(documentation: str | None) -> argparse.ArgumentParser:
    """A parser with `--quick` and `--results`; the module's own words are its description."""
    made = argparse.ArgumentParser(
        description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--quick",
        action="store_true",
        help="tiny settings, to see that it runs; prints and writes nothing without --results",
    )
    made.add_argument("--results", type=Path, help=f"write here and not to {RESULTS.name}")
    return made


def recipe_argument(arguments: argparse.Namespace) -> str:
    """The recipe asked for, else the quickstart, else with `--quick` the short one."""
    if arguments.recipe is not None:
        return str(arguments.recipe)
    return str(SHORT_RECIPE) if arguments.quick else "quickstart"


def quick_or(arguments: argparse.Namespace, name: str, quick: int, full: int) -> int:
    """The number given as option `name`, else `quick` with `--quick`, else `full`."""
    given = getattr(arguments, name)
    if given is not None:
        return int(given)
    return quick if arguments.quick else full


def child_environment(**changes: str) -> dict[str, str]:
    """This environment with `changes`, in which `tertulia` and `benchmarks` can be imported."""
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **changes}


def publish(
    arguments: argparse.Namespace,
    name: str,
    title: str,
    lines: Sequence[str],
    *,
    load: str,
    packages: tuple[str, ...] = (),
    module: str | None = None,
) -> None:
    """Prints the section and writes it, unless this was a quick run without `--results`.

    `load` is what `load_words` said before anything was measured.
    """
    words = [_without_place(word) for word in sys.argv[1:]]
    module = module or name.replace("-", "_")
    command = shlex.join(["python", "-m", f"benchmarks.{module}", *words])
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    body = [
        f"## {title}",
        "",
        *(["**A quick run: it shows that the benchmark works, its figures mean nothing.**", ""])
        * arguments.quick,
        *lines,
        "",
        f"- Command: `{command}`",
        f"- Machine: {machine_words(packages=packages)}; load before the start {load}",
        f"- Date: {today}",
    ]
    text = "\n".join(body)
    print(text)
    if not arguments.quick or arguments.results is not None:
        write_section(name, text, arguments.results or RESULTS)


def begin() -> str:
    """Call first: the load of the machine before this benchmark adds to it."""
    return load_words()


def _without_place(word: str) -> str:
    """An argument as it is recorded: of a path on this machine its last part, in capitals."""
    path = Path(word)
    return path.name.upper() if path.is_absolute() else word
