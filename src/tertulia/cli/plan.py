"""`tertulia plan RECIPE`: what a recipe will need, before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.cli.options import JsonOption, MachineOption, RecipeArgument
from tertulia.messages import mark, tr

if TYPE_CHECKING:
    from tertulia.train.plan import Plan

_PARTS = {
    "weights": mark("weights"),
    "gradients": mark("gradients"),
    "optimizer": mark("optimiser state"),
    "activations": mark("activations"),
    "output_layer": mark("output layer"),
}
"""What a plan's memory goes to, in words."""


def plan(
    recipe: RecipeArgument,
    on: MachineOption = None,
    json: JsonOption = False,
) -> None:
    from dataclasses import asdict

    from tertulia.cli.json_output import print_json
    from tertulia.compute.profiles import resolve_machine
    from tertulia.recipe.load import load_recipe
    from tertulia.train.plan import plan_recipe

    loaded = load_recipe(recipe)
    machine = resolve_machine(on)
    planned = plan_recipe(loaded.recipe, machine)
    if json:
        print_json({"recipe": loaded.recipe.name, "machine": machine.name, **asdict(planned)})
        return
    _show(loaded.recipe.name, planned)


def _show(name: str, planned: Plan) -> None:
    from tertulia.cli.quantities import bytes_text, count_text
    from tertulia.cli.table import print_pairs

    print(tr("What {name} needs", name=name))
    print_pairs(
        {
            tr("parameters"): count_text(planned.parameters),
            tr("of them embeddings"): count_text(planned.embedding_parameters),
            tr("training tokens"): count_text(planned.tokens),
            tr("steps"): count_text(planned.steps),
            tr("operations (FLOP)"): count_text(planned.flops),
            tr("memory"): bytes_text(sum(planned.memory_bytes.values())),
            **{
                f"  {tr(_PARTS.get(part, part))}": bytes_text(size)
                for part, size in planned.memory_bytes.items()
            },
        }
    )
    print(tr("Derived from the recipe"))
    print_pairs({key: str(value) for key, value in planned.derived.items()})
