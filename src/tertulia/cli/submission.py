"""What `tertulia run --submit` does and says: a recipe handed to Slurm."""

from __future__ import annotations

from pathlib import Path

from tertulia.cli.options import RUNS
from tertulia.messages import tr


def submit(
    recipe: str,
    *,
    machine: str | None,
    runs: Path,
    options: tuple[str, ...],
    dry_run: bool,
    json: bool,
) -> None:
    """Queues the recipe as a job and tells its number; with `dry_run` prints the scripts alone."""
    from tertulia.cli.json_output import print_json
    from tertulia.compute.submission import Order

    order = Order(recipe, machine, runs, options)
    if dry_run:
        scripts = order.scripts()
        if json:
            print_json({"scripts": scripts})
        else:
            print("\n".join(scripts.values()), end="")
        return
    submission = order.queue()
    if json:
        print_json(
            {
                "recipe": submission.run,
                "folder": submission.folder,
                "job": submission.job,
                "shards": submission.shards,
            }
        )
        return
    print(tr("Queued as job {job}: {folder}", job=submission.job, folder=submission.folder))
    place = [] if runs == RUNS else ["--runs", str(runs)]
    for words, verb in (
        (tr("How it is going"), ("status", submission.run)),
        (tr("What it prints"), ("logs", submission.run, "--follow")),
        (tr("To stop it"), ("cancel", submission.run)),
    ):
        print(f"{words}: {_command(*verb, *place)}")


def _command(*arguments: str) -> str:
    from tertulia.cli.program import command_line

    return command_line("cluster", *arguments)
