"""Which stages there are, what each rests on, and which of them a command asks for.

Functions are named, not imported: they live in rooms above this one, and some are heavy.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tertulia.errors import TertuliaError
from tertulia.recipe.sources import SourceKind
from tertulia.recipe.stages import StageName


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage as the pipeline knows it."""

    name: StageName
    version: str
    """Raised by whoever changes what the stage makes of the same input."""
    function: str | Callable[..., None]
    """`module:function`, imported when the stage runs."""
    inputs: tuple[StageName, ...] = ()
    sources: tuple[SourceKind, ...] = ()
    check: str = ""
    """`module:function` of the loaded recipe, called before anything is built; none if empty."""
    numeric: bool = False
    """Whether the machine's numeric class changes the result, and so is part of the key."""


STAGES: tuple[Stage, ...] = (
    Stage(
        name="documents",
        version="2",
        function="tertulia.corpus.documents_stage:run",
        sources=("corpus", "opt-out", "against"),
    ),
    Stage(
        name="corpus",
        version="2",
        function="tertulia.corpus.stage:run",
        inputs=("documents",),
    ),
    Stage(
        name="tokenizer",
        version="2",
        function="tertulia.tokenizer.stage:run",
        inputs=("corpus",),
        sources=("base",),
    ),
    Stage(
        name="tokens",
        version="1",
        function="tertulia.train.stage:run_tokens",
        inputs=("corpus", "tokenizer"),
    ),
    Stage(
        name="pretrain",
        version="2",
        function="tertulia.train.stage:run_pretrain",
        inputs=("tokenizer", "tokens"),
        sources=("base",),
        numeric=True,
    ),
    Stage(
        name="align",
        version="2",
        function="tertulia.train.stage:run_align",
        inputs=("tokenizer", "tokens", "pretrain"),
        sources=("instructions", "preferences"),
        numeric=True,
    ),
    Stage(
        name="evaluate",
        version="3",
        function="tertulia.evaluate.stage:run",
        inputs=("corpus", "tokenizer", "tokens", "pretrain", "align"),
        sources=("base", "suite", "baseline"),
        check="tertulia.evaluate.stage_suites:check_suites",
        numeric=True,
    ),
    Stage(
        name="release",
        version="2",
        function="tertulia.release.stage:run",
        inputs=("corpus", "tokenizer", "pretrain", "align", "evaluate"),
    ),
)
"""In an order in which each comes after its inputs."""


def selected(
    stages: Sequence[Stage], only: str | None, until: str | None
) -> tuple[set[str], set[str]]:
    """Names of the stages to build, and of those that have to be finished for it.

    Raises TertuliaError for a name that no stage has, and for both at once.
    """
    names: list[str] = [stage.name for stage in stages]
    for name in (only, until):
        if name is not None and name not in names:
            near = difflib.get_close_matches(name, names, n=1) or names
            raise TertuliaError(
                "pipeline.no-stage",
                f'there is no stage "{name}"',
                remedy="Stages: " + ", ".join(near),
            )
    if only is not None and until is not None:
        raise TertuliaError(
            "pipeline.only-and-until",
            "one stage alone and all up to one exclude each other",
            remedy="Give --only or --until",
        )
    if only is not None:
        return {only}, _upstream(stages, only)
    return set(names if until is None else names[: names.index(until) + 1]), set()


def _upstream(stages: Sequence[Stage], name: str) -> set[str]:
    """All stages whose artifacts the key of the stage `name` rests on."""
    found: set[str] = set()
    for upstream in next(stage.inputs for stage in stages if stage.name == name):
        found |= {upstream} | _upstream(stages, upstream)
    return found
