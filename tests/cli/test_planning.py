"""`tertulia plan`: what a recipe will take, for people and for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from tertulia.cli import main
from tertulia.train.cost import Cost, Estimate
from tertulia.train.layout import Fit, Layout
from tertulia.train.plan import Plan

PLAN_FIELDS = [
    "schema", "recipe", "machine", "parameters", "embedding_parameters", "tokens", "steps",
    "flops", "memory_bytes", "peak_bytes", "room_bytes", "layout", "fit", "cost", "derived",
    "facts",
]  # fmt: skip

HOURS = Estimate(low=4.25, high=1234, ground="assumed", facts=("peak_tflops.float32", "pue"))
PLAN = Plan(
    parameters=7_100_000,
    embedding_parameters=2_100_000,
    tokens=2_000_000,
    steps=244,
    flops=8.6e13,
    memory_bytes={"weights": 28_400_000, "gradients": 28_400_000, "update": 0},
    peak_bytes=50_000_000,
    room_bytes=None,
    layout=Layout(
        kind="hsdp",
        nodes=2,
        processes=4,
        replicas=2,
        divided_by=4,
        rows=8,
        rows_at_once=2,
        even=True,
    ),
    fit=None,
    cost=Cost(
        tokens_per_second=None,
        hours=HOURS,
        node_hours=None,
        kilowatt_hours=None,
        kilograms_co2e=None,
        euros=None,
    ),
    derived={"width": 256, "depth": 8},
)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A recipe's plan is what the test says."""

    def is_now(**changes: Any) -> None:
        found = dataclasses.replace(PLAN, **changes)
        monkeypatch.setattr("tertulia.train.plan.plan_recipe", lambda *given: found)

    is_now()
    return is_now


def shown(text: str) -> dict[str, str]:
    lines = [line.split("  ") for line in text.splitlines()]
    return {words[1].strip() or words[2].strip(): words[-1].strip() for words in lines if words[1:]}


def test_a_plan_says_what_a_recipe_needs(
    plan: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "quickstart", "--on", "laptop"]) == 0
    out = capsys.readouterr().out
    rows = shown(out)
    assert out.startswith("What quickstart needs\n")
    assert rows["machine profile"] == "laptop"
    assert rows["parameters"] == "7.1 M"
    assert rows["at its peak"] == "50 MB"
    assert rows["weights"] == "28.4 MB"
    assert "the optimiser's step" not in rows
    assert rows["width"] == "256"
    assert "divided among 4 processes of a node" in rows["layout"]


def test_a_figure_names_what_it_rests_on_and_none_is_made_up(
    plan: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "quickstart", "--on", "laptop"]) == 0
    rows = shown(capsys.readouterr().out)
    assert rows["hours"] == "4.25 to 1.23 k (assumed: peak_tflops.float32, pue)"
    assert rows["price in euros"] == rows["kWh"] == rows["there is room for"] == "unknown"
    assert rows["watts_per_core"] == "5 to 10 (assumed)"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fit": Fit(fits=True, nodes=2, shard_across_nodes=False)}, None),
        ({"fit": Fit(fits=False, nodes=8, shard_across_nodes=False)}, "fits from 8 nodes"),
        ({"fit": Fit(fits=False, nodes=8, shard_across_nodes=True)}, "shard_across_nodes = true"),
        ({"fit": Fit(fits=False, nodes=None, shard_across_nodes=False)}, "no number of nodes"),
        ({"layout": dataclasses.replace(PLAN.layout, even=False)}, "training is refused"),
    ],
)
def test_what_cannot_run_is_said(
    changes: dict[str, Any],
    words: str | None,
    plan: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan(**changes)
    assert main(["plan", "quickstart"]) == 0
    warnings = [line for line in capsys.readouterr().out.splitlines() if line.startswith("!")]
    assert bool(warnings) == (words is not None)
    assert words is None or words in warnings[-1]


def test_a_plan_for_programs(plan: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "quickstart", "--on", "laptop", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document) == PLAN_FIELDS
    assert document["schema"] == 1
    assert document["recipe"] == "quickstart"
    assert document["cost"]["hours"]["ground"] == "assumed"
    assert document["cost"]["euros"] is None
    assert document["facts"]["watts_per_core"] == {"low": 5.0, "high": 10.0, "basis": "assumed"}


def test_a_plan_of_a_supercomputer_needs_neither_it_nor_the_texts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["plan", "native-7b", "--on", "mn5-acc", "--nodes", "256", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["parameters"] > 6 * 10**9
    assert document["layout"]["nodes"] == 256
    assert document["layout"]["kind"] == "hsdp"
    assert document["cost"]["hours"]["low"] < document["cost"]["hours"]["high"]
    assert document["cost"]["euros"] is None


def test_a_plan_of_a_recipe_that_is_not_there_is_the_users_mistake(
    plan: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "quikstart"]) == 2
    assert "quickstart" in capsys.readouterr().err
