"""Who holds what in training on several processes, and on how many nodes it fits."""

from __future__ import annotations

import dataclasses

import pytest

from tertulia.compute.claim import Claim
from tertulia.compute.facts import Facts
from tertulia.compute.machine import Machine
from tertulia.model.config import config_from_spec
from tertulia.model.lora import add_adapters
from tertulia.model.transformer import Transformer
from tertulia.recipe.lora_spec import LORA_TARGETS, LoraSpec
from tertulia.recipe.schema import ModelSpec, Recipe
from tertulia.train.layout import fit_of, layout_of, memory_of, room_of
from tests.train.recipes import a_recipe


def cluster(nodes: int, processes: int, **facts: Claim) -> Machine:
    return Machine(
        name="cluster",
        device="cuda",
        precision="bfloat16",
        nodes=nodes,
        processes=processes,
        facts=Facts(**facts),
    )


def assumed(amount: float) -> Claim:
    return Claim(value=amount, basis="assumed")


RECIPE = a_recipe("30m", context=256, batch_tokens=64 * 256)
CONFIG = config_from_spec(ModelSpec(size="30m", context=256), 8192)


@pytest.mark.parametrize(
    ("nodes", "processes", "across", "kind", "divided_by", "replicas"),
    [
        (1, 1, False, "single", 1, 1),
        (1, 4, False, "fsdp", 4, 1),
        (2, 4, False, "hsdp", 4, 2),
        (2, 4, True, "fsdp", 8, 1),
        (8, 1, False, "fsdp", 8, 1),
    ],
)
def test_weights_are_divided_within_a_node_and_copied_on_the_others(
    nodes: int, processes: int, across: bool, kind: str, divided_by: int, replicas: int
) -> None:
    machine = dataclasses.replace(cluster(nodes, processes), shard_across_nodes=across)
    layout = layout_of(RECIPE, machine)
    assert (layout.kind, layout.divided_by, layout.replicas) == (kind, divided_by, replicas)


def test_rows_of_a_batch_are_shared_among_all_processes() -> None:
    layout = layout_of(RECIPE, cluster(2, 4))
    assert (layout.rows, layout.rows_at_once, layout.passes, layout.even) == (8, 8, 1, True)
    alone = layout_of(RECIPE, cluster(1, 1))
    assert (alone.rows, alone.rows_at_once, alone.passes) == (64, 32, 2)
    assert not layout_of(RECIPE, cluster(1, 3)).even


def test_a_process_holds_its_part_of_weights_gradients_and_state() -> None:
    alone, shared = (memory_of(CONFIG, RECIPE, cluster(1, n)).parts for n in (1, 4))
    for part in ("weights", "gradients", "optimizer"):
        assert shared[part] == alone[part] // 4
    assert shared["gathered"] > 0 == alone["gathered"]
    copied = memory_of(CONFIG, RECIPE, cluster(2, 4)).parts
    assert copied["weights"] == shared["weights"]


def test_adapters_alone_have_gradients_and_state() -> None:
    recipe = a_recipe("30m", context=256, batch_tokens=256, lora=LoraSpec(rank=4))
    model = add_adapters(Transformer(CONFIG), rank=4, alpha=8, targets=LORA_TARGETS)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    parts = memory_of(CONFIG, recipe, cluster(1, 1)).parts
    assert parts["gradients"] == 4 * trained
    assert parts["optimizer"] == 8 * trained
    assert parts["weights"] == 4 * (CONFIG.parameters + trained)
    assert parts["update"] == 0


def test_room_is_a_gpus_memory_or_a_share_of_the_nodes() -> None:
    assert room_of(cluster(1, 4)) is None
    assert room_of(cluster(1, 4, device_memory_gb=assumed(64))) == 64 * 10**9
    assert room_of(Machine(name="laptop", memory_bytes=8 * 10**9, processes=2)) == 4 * 10**9


def fit(recipe: Recipe, memory: float, **facts: Claim) -> tuple[bool, int | None, bool] | None:
    machine = cluster(1, 2, device_memory_gb=assumed(memory), **facts)
    found = fit_of(CONFIG, recipe, machine)
    return found and (found.fits, found.nodes, found.shard_across_nodes)


def test_nobody_knows_whether_it_fits_where_the_room_is_unknown() -> None:
    assert fit_of(CONFIG, RECIPE, cluster(1, 2)) is None


def test_the_fewest_nodes_that_hold_it_are_named() -> None:
    nodes = assumed(64)
    needs = [memory_of(CONFIG, RECIPE, cluster(n, 2)).peak / 1e9 for n in (1, 2, 4, 8)]
    assert needs == sorted(needs, reverse=True)
    assert fit(RECIPE, needs[0], available_nodes=nodes) == (True, 1, False)
    assert fit(RECIPE, (needs[1] + needs[2]) / 2, available_nodes=nodes) == (False, 4, False)


def test_what_no_node_holds_is_divided_across_nodes_or_fits_nowhere() -> None:
    # One sequence a process, so that further nodes only help by sharing the weights.
    recipe = a_recipe("30m", context=256, batch_tokens=32 * 256)
    copied = memory_of(CONFIG, recipe, cluster(16, 2)).peak / 1e9
    assert fit(recipe, copied * 0.99, available_nodes=assumed(16)) == (False, 8, True)
    assert fit(recipe, 0.1, available_nodes=assumed(16)) == (False, None, False)


def test_a_machine_that_is_no_cluster_is_one_node() -> None:
    assert fit(RECIPE, 0.1) == (False, None, False)
