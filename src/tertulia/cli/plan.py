"""`tertulia plan RECIPE`: what a recipe will need, before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.options import JsonOption, MachineOption, RecipeArgument
from tertulia.messages import mark

if TYPE_CHECKING:
    from pathlib import Path

    from tertulia.recipe.load import LoadedRecipe

NodesOption = Annotated[
    int | None,
    typer.Option(
        "--nodes", min=1, metavar="N", help=mark("Train on so many nodes of the machine.")
    ),
]


def plan(
    recipe: RecipeArgument,
    on: MachineOption = None,
    nodes: NodesOption = None,
    json: JsonOption = False,
) -> None:
    from dataclasses import asdict

    from tertulia.cli.json_output import print_json
    from tertulia.cli.plan_lines import print_plan
    from tertulia.compute.profiles import planned_machine
    from tertulia.recipe.load import load_recipe
    from tertulia.train.plan import plan_recipe

    loaded = load_recipe(recipe)
    machine = planned_machine(on, nodes=nodes)
    planned = plan_recipe(loaded.recipe, machine, _base(loaded))
    if json:
        facts = machine.facts.model_dump(exclude_none=True, mode="json")
        named = {"recipe": loaded.recipe.name, "machine": machine.name}
        print_json({**named, **asdict(planned), "facts": facts})
        return
    print_plan(loaded.recipe.name, machine, planned)


def _base(loaded: LoadedRecipe) -> Path | None:
    """Where the recipe's base model lies; None where it names none or it is not here."""
    from tertulia.errors import TertuliaError
    from tertulia.recipe.sources import resolve_sources

    if loaded.recipe.model.base is None:
        return None
    try:
        return resolve_sources(loaded, "base")[0].path
    except TertuliaError:
        # A plan is made before its model is fetched: what follows from it is then unknown.
        return None
