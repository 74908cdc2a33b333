"""A plan as people read it: each figure a range with what it rests on, or `unknown`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.cli.table import print_pairs
from tertulia.messages import mark, tr
from tertulia.messages.quantities import bytes_text, count_text

if TYPE_CHECKING:
    from tertulia.compute.machine import Machine
    from tertulia.train.cost import Cost, Estimate
    from tertulia.train.plan import Plan

_PARTS = {
    "weights": mark("weights"),
    "gathered": mark("weights gathered from other processes"),
    "gradients": mark("gradients"),
    "optimizer": mark("optimiser state"),
    "activations": mark("activations"),
    "output_layer": mark("output layer"),
    "update": mark("the optimiser's step"),
    "idle": mark("idle between blocks in use"),
    "torch": mark("torch itself"),
}
"""What a plan's memory goes to, in words."""

_GROUNDS = {
    "measured": mark("measured"),
    "published": mark("published"),
    "assumed": mark("assumed"),
}
"""What a figure rests on, in words."""

_LAYOUTS = {
    "single": mark("one process"),
    "fsdp": mark("weights divided among {shares} processes"),
    "hsdp": mark("weights divided among {shares} processes of a node, a copy on each node"),
}


def print_plan(name: str, machine: Machine, planned: Plan) -> None:
    """Prints all of a plan but the facts of the machine."""
    print(tr("What {name} needs", name=name))
    rows = {tr("machine profile"): machine.name, **_model_rows(planned), **_layout_rows(planned)}
    print_pairs(rows)
    print(tr("Memory of each process"))
    print_pairs(_memory_rows(planned))
    for line in _notices(machine, planned):
        print(f"! {line}")
    print(tr("What the training takes"))
    print_pairs(_cost_rows(planned.cost))
    print(tr("What the machine profile claims"))
    print_pairs(_fact_rows(machine) or {tr("nothing"): ""})
    print(tr("Derived from the recipe"))
    print_pairs({key: str(value) for key, value in planned.derived.items()})


def _model_rows(planned: Plan) -> dict[str, str]:
    return {
        tr("parameters"): _known(planned.parameters),
        tr("of them embeddings"): _known(planned.embedding_parameters),
        tr("training tokens"): count_text(planned.tokens),
        tr("steps"): count_text(planned.steps),
        tr("operations (FLOP)"): _known(planned.flops),
    }


def _layout_rows(planned: Plan) -> dict[str, str]:
    layout = planned.layout
    kind = tr(_LAYOUTS[layout.kind], shares=layout.divided_by)
    return {
        tr("layout"): kind,
        tr("nodes at work"): str(layout.nodes),
        tr("processes on each"): str(layout.processes),
        tr("sequences of a step for each process"): str(layout.rows),
        tr("of them at a time"): str(layout.rows_at_once),
    }


def _memory_rows(planned: Plan) -> dict[str, str]:
    room = planned.room_bytes
    return {
        tr("at its peak"): tr("unknown")
        if planned.peak_bytes is None
        else bytes_text(planned.peak_bytes),
        tr("there is room for"): tr("unknown") if room is None else bytes_text(room),
        **{
            f"  {tr(_PARTS.get(part, part))}": bytes_text(size)
            for part, size in planned.memory_bytes.items()
            if size
        },
    }


def _notices(machine: Machine, planned: Plan) -> list[str]:
    lines = []
    if not planned.layout.even:
        lines.append(
            tr(
                "The rows of a batch do not divide among {ranks} processes: training is refused.",
                ranks=machine.ranks,
            )
        )
    fit = planned.fit
    if fit is None or fit.fits:
        return lines
    lines.append(tr("This does not fit."))
    if not machine.recompute:
        lines.append(tr("With recompute = true in the machine profile it takes less memory."))
    if fit.nodes is None:
        lines.append(tr("It fits on no number of nodes: tensor parallelism is not built."))
    elif fit.shard_across_nodes and not machine.shard_across_nodes:
        lines.append(
            tr(
                "With shard_across_nodes = true in the machine profile it fits from {nodes} nodes.",
                nodes=fit.nodes,
            )
        )
    else:
        lines.append(tr("It fits from {nodes} nodes.", nodes=fit.nodes))
    return lines


def _cost_rows(cost: Cost) -> dict[str, str]:
    return {
        tr("tokens per second"): _range(cost.tokens_per_second),
        tr("hours"): _range(cost.hours),
        tr("node-hours"): _range(cost.node_hours),
        "kWh": _range(cost.kilowatt_hours),
        "kg CO2e": _range(cost.kilograms_co2e),
        tr("price in euros"): _range(cost.euros),
    }


def _fact_rows(machine: Machine) -> dict[str, str]:
    """The facts by their keys, with their basis as written."""
    rows = {}
    for name in type(machine.facts).model_fields:
        found = getattr(machine.facts, name)
        claims = (
            {f"{name}.{key}": c for key, c in found.items()}
            if name == "peak_tflops"
            else {name: found}
        )
        for key, claim in claims.items():
            if claim is not None:
                rows[key] = f"{_span(claim.least, claim.most)} ({claim.basis})"
    return rows


def _range(estimate: Estimate | None) -> str:
    if estimate is None:
        return tr("unknown")
    span = _span(estimate.low, estimate.high)
    return f"{span} ({tr(_GROUNDS[estimate.ground])}: {', '.join(estimate.facts)})"


def _span(least: float, most: float) -> str:
    low, high = _figure(least), _figure(most)
    return low if low == high else tr("{low} to {high}", low=low, high=high)


def _figure(number: float) -> str:
    """To three figures, without an exponent."""
    if number >= 1000:
        return count_text(float(f"{number:.3g}"))
    return f"{float(f'{number:.3g}'):g}"


def _known(count: float | None) -> str:
    return tr("unknown") if count is None else count_text(count)
