"""Arguments that verbs share. Their `mark`ed help is translated when the command line is built."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tertulia.messages import mark

RecipeArgument = Annotated[
    str,
    typer.Argument(metavar="RECIPE", help=mark("A recipe file, or the name of a shipped recipe.")),
]
ModelArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="MODEL",
        help=mark("A model folder or the name of a run; without it, the newest run's model."),
        show_default=False,
    ),
]
MachineOption = Annotated[
    str | None,
    typer.Option("--on", metavar="MACHINE", help=mark("A machine profile, by file or name.")),
]
RunsOption = Annotated[
    Path, typer.Option("--runs", metavar="DIR", help=mark("The folder that holds all runs."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=mark("Print the result for programs."))]
WatchOption = Annotated[
    Literal["tensorboard"] | None,
    typer.Option(
        metavar="PROGRAM",
        envvar="TERTULIA_WATCH",
        show_envvar=False,
        help=mark("Also write training's curves for this program: tensorboard."),
    ),
]
MaxTokensOption = Annotated[int, typer.Option(help=mark("Stop after this many tokens."))]
TemperatureOption = Annotated[
    float, typer.Option(help=mark("0 takes the likeliest text; higher varies more."))
]
TopPOption = Annotated[
    float, typer.Option(help=mark("Draw from the likeliest tokens that hold this probability."))
]
SeedOption = Annotated[int, typer.Option(help=mark("The same seed gives the same text."))]

RUNS = Path("runs")
