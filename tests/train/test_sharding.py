"""A divided model is the same model: over gloo here, over NCCL where there is a GPU."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.compute.world import World, joined, open_store
from tertulia.model.transformer import Transformer
from tertulia.train.numerics import numeric_settings
from tertulia.train.sharding import MatrixExchange, parts, replicas, rows_of, shard, whole_model
from tests.train.runs import make_loop


@pytest.mark.parametrize(("rows", "processes"), [(8, 2), (7, 2), (7, 4), (2, 4), (1, 3), (5, 5)])
def test_rows_are_cut_as_torch_cuts_them(rows: int, processes: int) -> None:
    chunks = torch.arange(rows).chunk(processes)
    for process in range(processes):
        first, count = rows_of(rows, processes, process)
        expected = chunks[process].tolist() if process < len(chunks) else []
        assert list(range(first, first + count)) == expected


def test_a_copy_on_each_node_only_where_nodes_have_several_processes() -> None:
    machine, apart = Machine(name="test"), Machine(name="test", shard_across_nodes=True)
    four = World(size=4, local_size=2, nodes=2)
    assert replicas(machine, four) == 2
    assert replicas(apart, four) == 1
    assert replicas(machine, World(size=2, local_size=1, nodes=2)) == 1
    assert replicas(machine, World(size=4, local_size=4, nodes=1)) == 1
    assert replicas(machine, World(size=5, local_size=2, nodes=2)) == 1


def test_one_process_exchanges_nothing(tmp_path: Path) -> None:
    model, _ = make_loop(tmp_path)
    matrices = [part for part in parts(model) if part.parameter.ndim == 2]
    exchange = MatrixExchange(matrices)
    rows = [torch.full_like(part.local, index) for index, part in enumerate(matrices)]
    back = exchange.scatter(exchange.gather(rows))
    assert all(one is other for one, other in zip(back, rows, strict=True))


def _plain_and_divided(folder: Path, optimizer: str, machine: Machine) -> None:
    """Trains both and compares every loss and every weight."""
    with numeric_settings(machine):
        plain, loop = make_loop(folder / "plain", optimizer=optimizer, machine=machine)
        alone = loop.run("test")
        store = open_store(World(), str(folder / "rendezvous"))
        with joined(World(), machine.device, store, "test"):
            model, _ = make_loop(folder / "unused", optimizer=optimizer, machine=machine)
            shard(model, machine, alone=True)
            assert type(model) is not Transformer
            _, loop = make_loop(
                folder / "divided", optimizer=optimizer, machine=machine, model=model
            )
            divided = loop.run("test")
            whole = whole_model(model)
    assert [row["loss"] for row in divided.log] == pytest.approx(
        [row["loss"] for row in alone.log], rel=1e-5
    )
    assert whole is not None and type(whole) is Transformer
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(whole.state_dict()[name], value.cpu(), rtol=1e-4, atol=1e-4)


@pytest.mark.loopback
@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_a_model_divided_by_one_is_the_model(tmp_path: Path, optimizer: str) -> None:
    _plain_and_divided(tmp_path, optimizer, Machine(name="test"))


@pytest.mark.gpu
@pytest.mark.loopback
@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
@pytest.mark.parametrize("compiled", [False, True])
def test_a_model_divided_over_nccl_is_the_model(
    tmp_path: Path, optimizer: str, compiled: bool
) -> None:
    machine = Machine(name="test", device="cuda", compile=compiled)
    _plain_and_divided(tmp_path, optimizer, machine)
