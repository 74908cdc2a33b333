"""An order of the first process arrives whole at the others, and an error on its way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tertulia.compute.profiles import planned_machine
from tertulia.errors import DataError, Resumable
from tertulia.recipe.load import load_recipe
from tertulia.recipe.shipped import shipped_names
from tertulia.recipe.sources import ResolvedSource
from tertulia.recipe.stages import stage_spec
from tertulia.train import stage as training_stages
from tertulia.train.rank_orders import (
    Order,
    error_from_json,
    error_to_json,
    order_from_json,
    order_to_json,
)

RECIPE = Path(__file__).parents[1] / "fixtures" / "tiny.toml"


@pytest.mark.parametrize("stage", ["pretrain", "align"])
@pytest.mark.parametrize("profile", shipped_names("machines"))
def test_an_order_arrives_whole(tmp_path: Path, stage: str, profile: str) -> None:
    machine = planned_machine(profile)
    source = ResolvedSource(name="talk", path=tmp_path / "talk.jsonl", licence="CC0-1.0")
    order = Order(
        stage=stage,
        spec=stage_spec(load_recipe(RECIPE).recipe, stage),  # type: ignore[arg-type]
        inputs={"tokens": tmp_path / "tokens", "source:talk": source},
        scratch=tmp_path / "scratch",
    )
    arrived, on = order_from_json(json.loads(json.dumps(order_to_json(order, machine))))
    assert arrived == order
    assert on == machine
    assert arrived.function() is getattr(training_stages, f"run_{stage}")


def test_an_error_arrives_with_all_it_says() -> None:
    error = DataError("train.damaged-shard", "it is damaged", where="a.bin", remedy="Delete it")
    again = error_from_json(json.loads(json.dumps(error_to_json(error))), rank=3)
    assert type(again) is DataError and str(again) == str(error)
    assert again.code == error.code
    assert isinstance(error_from_json(error_to_json(Resumable("a.b", "stopped")), 1), Resumable)


def test_a_fault_of_ours_names_the_process() -> None:
    again = error_from_json(error_to_json(ZeroDivisionError("division by zero")), rank=2)
    assert str(again) == "training process 2 failed with ZeroDivisionError: division by zero"
