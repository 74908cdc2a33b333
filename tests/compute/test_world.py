"""Which of the training processes this is, as the launchers say it."""

from __future__ import annotations

import socket

import pytest

from tertulia.compute.world import (
    World,
    current_world,
    joined,
    open_store,
    world_from_environment,
)
from tertulia.errors import TrainingError


def test_a_process_that_nobody_launched_is_alone() -> None:
    assert world_from_environment({}) == World()
    assert world_from_environment({"SLURM_PROCID": "3", "SLURM_NTASKS": "8"}) == World()


def test_sruns_variables_count_only_where_the_job_script_says_so() -> None:
    given = {"SLURM_PROCID": "5", "SLURM_NTASKS": "8", "SLURM_LOCALID": "1", "SLURM_NNODES": "2"}
    world = world_from_environment(given | {"TERTULIA_RANKS": "slurm"})
    assert world == World(rank=5, size=8, local_rank=1, local_size=4, nodes=2)
    assert world.even


def test_torchruns_variables() -> None:
    given = {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}
    assert world_from_environment(given) == World(
        rank=3, size=4, local_rank=1, local_size=2, nodes=2
    )


def test_nodes_with_unlike_numbers_of_tasks_are_not_even() -> None:
    given = {"SLURM_PROCID": "0", "SLURM_NTASKS": "5", "SLURM_LOCALID": "0", "SLURM_NNODES": "2"}
    assert not world_from_environment(given | {"TERTULIA_RANKS": "slurm"}).even


@pytest.mark.parametrize(
    "given",
    [
        {"TERTULIA_RANKS": "slurm"},
        {"RANK": "4", "WORLD_SIZE": "4", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "4"},
        {"RANK": "0", "WORLD_SIZE": "two", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "2"},
        {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "0"},
    ],
)
def test_variables_that_do_not_add_up_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(TrainingError, match="does not say which process") as caught:
        world_from_environment(given)
    assert caught.value.code == "train.ranks-unclear"


def test_a_world_is_current_only_while_it_is_joined(tmp_path: object) -> None:
    world = World()
    with joined(world, "cpu", open_store(world, f"{tmp_path}/file"), "once"):
        assert current_world() is world
    assert current_world() == World() and current_world() is not world


def test_the_table_of_the_first_process_listens_on_its_address_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
    monkeypatch.setenv("MASTER_PORT", str(port))
    store = open_store(World(size=2, local_size=2))
    store.set("word", "kaixo")
    assert store.get("word") == b"kaixo"
    # Whoever listens on all interfaces takes 127.0.0.2 as well.
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))


def test_a_first_process_without_an_address_is_told_how_to_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    monkeypatch.setenv("TERTULIA_RANK_TIMEOUT_SECONDS", "1")
    with pytest.raises(TrainingError, match="does not find the first one") as caught:
        open_store(World(rank=1, size=2))
    assert caught.value.code == "train.ranks-apart"
