"""What a training run takes beside memory: time, energy, emissions, money; each with its basis.

A figure is a range, as wide as the facts it is worked out from, and rests on the weakest of them.
A figure for which a fact is missing is None: no number is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.compute.claim import Claim, Ground
from tertulia.compute.machine import Machine
from tertulia.train.layout import Layout

_GROUNDS: tuple[Ground, ...] = ("measured", "published", "assumed")
"""Strongest first."""
_FLOAT, _HALF = 4, 2


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A range, its weakest ground, and the facts of the profile that it was worked out from."""

    low: float
    high: float
    ground: Ground
    facts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Estimates of the whole training; None where a fact is missing."""

    tokens_per_second: Estimate | None
    hours: Estimate | None
    node_hours: Estimate | None
    kilowatt_hours: Estimate | None
    """Of the machine, times its site's overhead where the profile tells it."""
    kilograms_co2e: Estimate | None
    euros: Estimate | None


def cost_of(
    machine: Machine,
    layout: Layout,
    *,
    tokens: int,
    steps: int,
    flops_per_token: float | None,
    parameters: int,
) -> Cost:
    """The cost of `tokens` tokens in `steps` steps on all processes of `layout`.

    `flops_per_token` is None where the model's shape is unknown.
    """
    speed = _speed(machine, flops_per_token)
    hours = _hours(machine, layout, speed, tokens=tokens, steps=steps, parameters=parameters)
    node_hours = _times(hours, machine.nodes)
    energy = _times(node_hours, *_kilowatts(machine))
    if machine.facts.pue is not None:
        energy = _times(energy, ("pue", machine.facts.pue))
    return Cost(
        tokens_per_second=_tokens_over(tokens, hours),
        hours=hours,
        node_hours=node_hours,
        kilowatt_hours=energy,
        kilograms_co2e=_scaled(
            _times(energy, ("carbon_g_per_kwh", machine.facts.carbon_g_per_kwh)), 1e-3
        ),
        euros=_euros(machine, node_hours, energy),
    )


def devices_of(machine: Machine) -> int:
    """GPUs at work, one a process; without any, processor cores, one a thread."""
    return machine.ranks * (1 if machine.device != "cpu" else machine.threads)


def exchanged_bytes(layout: Layout, parameters: int) -> float:
    """What each node sends to others in a step, at worst.

    Copies of the model add up their gradients once, in float32: two ways of a ring. Weights that
    are divided across nodes are gathered twice in each pass, and their gradients added up in it.
    """
    if layout.nodes == 1:
        return 0.0
    others = (layout.nodes - 1) / layout.nodes
    if layout.replicas > 1:
        return others * 2 * _FLOAT * parameters
    return others * layout.passes * (2 * _HALF + _FLOAT) * parameters


def _speed(machine: Machine, flops_per_token: float | None) -> Estimate | None:
    if flops_per_token is None:
        return None
    facts = machine.facts
    peak = facts.peak_tflops.get(machine.precision)
    # Recomputing is a second forward pass: a third more on top of one forward and one backward.
    done = flops_per_token * (4 / 3 if machine.recompute else 1)
    at_one_teraflops = devices_of(machine) * 1e12 / done
    each = Estimate(low=at_one_teraflops, high=at_one_teraflops, ground="measured", facts=())
    return _times(
        each, (f"peak_tflops.{machine.precision}", peak), ("utilisation", facts.utilisation)
    )


def _hours(
    machine: Machine,
    layout: Layout,
    speed: Estimate | None,
    *,
    tokens: int,
    steps: int,
    parameters: int,
) -> Estimate | None:
    """From all of the exchange hidden behind the computation to none of it."""
    hours = _tokens_over(tokens, speed)
    if hours is None or layout.nodes == 1:
        return hours
    network = machine.facts.network_gbps
    if network is None:
        return None
    gigabits = steps * exchanged_bytes(layout, parameters) * 8 / 1e9
    fastest, slowest = gigabits / network.most / 3600, gigabits / network.least / 3600
    return Estimate(
        low=max(hours.low, fastest),
        high=hours.high + slowest,
        ground=_weakest(hours.ground, network.ground),
        facts=(*hours.facts, "network_gbps"),
    )


def _tokens_over(tokens: int, other: Estimate | None) -> Estimate | None:
    """Tokens over tokens a second are hours, and tokens over hours are tokens a second."""
    if other is None:
        return None
    return Estimate(
        low=tokens / other.high / 3600,
        high=tokens / other.low / 3600,
        ground=other.ground,
        facts=other.facts,
    )


def _kilowatts(machine: Machine) -> tuple[tuple[str, Claim | None], float]:
    """A fact about watts, and how many thousands of it a node draws."""
    facts = machine.facts
    if facts.watts_per_node is not None:
        return ("watts_per_node", facts.watts_per_node), 1e-3
    each = devices_of(machine) / machine.nodes * 1e-3
    if machine.device != "cpu":
        return ("watts_per_device", facts.watts_per_device), each
    return ("watts_per_core", facts.watts_per_core), each


def _euros(
    machine: Machine, node_hours: Estimate | None, energy: Estimate | None
) -> Estimate | None:
    facts = machine.facts
    if facts.euros_per_node_hour is not None:
        return _times(node_hours, ("euros_per_node_hour", facts.euros_per_node_hour))
    return _times(energy, ("euros_per_kwh", facts.euros_per_kwh))


Factor = float | tuple[str, Claim | None]


def _times(estimate: Estimate | None, *factors: Factor) -> Estimate | None:
    """An estimate times numbers and named facts; None where one of them is missing."""
    for factor in factors:
        if estimate is None:
            return None
        if not isinstance(factor, tuple):
            estimate = _scaled(estimate, factor)
            continue
        name, claim = factor
        if claim is None:
            return None
        estimate = Estimate(
            low=estimate.low * claim.least,
            high=estimate.high * claim.most,
            ground=_weakest(estimate.ground, claim.ground),
            facts=(*estimate.facts, name),
        )
    return estimate


def _scaled(estimate: Estimate | None, factor: float) -> Estimate | None:
    if estimate is None:
        return None
    return Estimate(
        low=estimate.low * factor,
        high=estimate.high * factor,
        ground=estimate.ground,
        facts=estimate.facts,
    )


def _weakest(*grounds: Ground) -> Ground:
    return max(grounds, key=_GROUNDS.index)
