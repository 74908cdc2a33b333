"""Time, energy, emissions and money follow from facts, and carry the weakest of their bases."""

from __future__ import annotations

import dataclasses

import pytest

from tertulia.compute.claim import Claim
from tertulia.compute.facts import Facts
from tertulia.compute.machine import Machine
from tertulia.train.cost import Cost, cost_of, devices_of, exchanged_bytes
from tertulia.train.layout import Layout, layout_of
from tests.train.recipes import a_recipe

TOKENS, STEPS, PARAMETERS = 3_600_000, 100, 10**6
FLOPS_PER_TOKEN = 1e9

FACTS = Facts(
    peak_tflops={"float32": Claim(value=2, basis="published:a data sheet")},
    utilisation=Claim(low=0.25, high=0.5, basis="measured:today, here"),
    watts_per_device=Claim(value=500, basis="published:a data sheet"),
    watts_per_core=Claim(value=10, basis="assumed"),
    pue=Claim(value=1.2, basis="assumed"),
    carbon_g_per_kwh=Claim(value=200, basis="published:the grid"),
    euros_per_kwh=Claim(value=0.25, basis="published:a bill"),
)
GPU = Machine(name="gpu", device="cuda", facts=FACTS)


def without(**facts: Claim | None) -> Machine:
    return dataclasses.replace(GPU, facts=FACTS.model_copy(update=facts))


def layout(machine: Machine) -> Layout:
    return layout_of(a_recipe("1m", context=256, batch_tokens=64 * 256), machine)


def cost(machine: Machine) -> Cost:
    return cost_of(
        machine,
        layout(machine),
        tokens=TOKENS,
        steps=STEPS,
        flops_per_token=FLOPS_PER_TOKEN,
        parameters=PARAMETERS,
    )


def test_each_figure_is_a_range_worked_out_from_facts() -> None:
    found = cost(GPU)
    assert found.tokens_per_second is not None
    assert (found.tokens_per_second.low, found.tokens_per_second.high) == pytest.approx((500, 1000))
    assert found.hours is not None
    assert (found.hours.low, found.hours.high) == pytest.approx((1, 2))
    assert found.kilowatt_hours is not None
    assert (found.kilowatt_hours.low, found.kilowatt_hours.high) == pytest.approx((0.6, 1.2))
    assert found.kilograms_co2e is not None
    assert found.kilograms_co2e.high == pytest.approx(0.24)
    assert found.euros is not None
    assert found.euros.low == pytest.approx(0.15)


def test_a_figure_rests_on_the_weakest_of_its_facts() -> None:
    found = cost(GPU)
    assert found.hours is not None
    assert (found.hours.ground, found.hours.facts) == (
        "published",
        ("peak_tflops.float32", "utilisation"),
    )
    assert found.kilowatt_hours is not None
    assert found.kilowatt_hours.ground == "assumed"
    assert found.kilowatt_hours.facts[-2:] == ("watts_per_device", "pue")


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("utilisation", ["tokens_per_second", "hours", "kilowatt_hours", "euros"]),
        ("watts_per_device", ["kilowatt_hours", "kilograms_co2e", "euros"]),
        ("carbon_g_per_kwh", ["kilograms_co2e"]),
        ("euros_per_kwh", ["euros"]),
    ],
)
def test_a_missing_fact_makes_its_figures_unknown_and_no_others(
    missing: str, unknown: list[str]
) -> None:
    found, whole = cost(without(**{missing: None})), cost(GPU)
    for field in dataclasses.fields(Cost):
        value = getattr(found, field.name)
        if field.name in unknown:
            assert value is None
        elif missing != "utilisation":
            assert value == getattr(whole, field.name)


def test_a_precision_without_a_peak_is_unknown() -> None:
    assert cost(dataclasses.replace(GPU, precision="bfloat16")).hours is None


def test_a_price_of_the_node_goes_before_that_of_its_energy() -> None:
    found = cost(without(euros_per_node_hour=Claim(value=3, basis="published:a tariff")))
    assert found.euros is not None
    assert (found.euros.low, found.euros.high) == pytest.approx((3, 6))
    assert found.euros.ground == "published"


def test_a_device_is_a_gpu_or_a_core() -> None:
    assert devices_of(dataclasses.replace(GPU, nodes=2, processes=4)) == 8
    cpu = Machine(name="cpu", threads=4, processes=2, facts=FACTS)
    assert devices_of(cpu) == 8
    found = cost(cpu)
    assert found.kilowatt_hours is not None
    assert found.kilowatt_hours.facts[-2:] == ("watts_per_core", "pue")
    assert found.kilowatt_hours.low == pytest.approx(1 / 8 * 0.08 * 1.2)


def test_several_nodes_need_a_network_that_is_known() -> None:
    two = dataclasses.replace(GPU, nodes=2, processes=2)
    assert cost(two).hours is None
    fast = dataclasses.replace(
        two, facts=FACTS.model_copy(update={"network_gbps": Claim(value=10**6, basis="assumed")})
    )
    found = cost(fast)
    assert found.hours is not None
    assert found.node_hours is not None
    # Four devices do the work of one in a quarter of the time; nothing else takes any.
    assert found.hours.low == pytest.approx(0.25)
    assert found.node_hours.high == pytest.approx(1, rel=1e-3)


def test_a_slow_network_lengthens_the_training() -> None:
    facts = FACTS.model_copy(update={"network_gbps": Claim(value=0.001, basis="assumed")})
    slow = dataclasses.replace(GPU, nodes=2, processes=2, facts=facts)
    hours = STEPS * exchanged_bytes(layout(slow), PARAMETERS) * 8 / 1e6 / 3600
    found = cost(slow)
    assert found.hours is not None
    assert (found.hours.low, found.hours.high) == pytest.approx((hours, 0.5 + hours))


def test_copies_exchange_gradients_once_and_divided_weights_travel_in_every_pass() -> None:
    copies = layout(dataclasses.replace(GPU, nodes=2, processes=2))
    assert exchanged_bytes(copies, PARAMETERS) == 4 * PARAMETERS
    divided = layout(dataclasses.replace(GPU, nodes=2))
    assert divided.passes == 1
    assert exchanged_bytes(divided, PARAMETERS) == 4 * PARAMETERS
    twice = dataclasses.replace(divided, rows_at_once=divided.rows // 2)
    assert exchanged_bytes(twice, PARAMETERS) == 8 * PARAMETERS
    assert exchanged_bytes(layout(GPU), PARAMETERS) == 0
