"""Rows that several processes wrote are read by any number of others; a fault is told in time."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.compute.world import World
from tertulia.errors import StoreError, TrainingError
from tertulia.train import checkpoint_writer
from tertulia.train.checkpoint import (
    Checkpoint,
    Rows,
    file_of,
    finished,
    latest_checkpoint,
    name_of,
    sha256_of,
    write_rows,
    write_state,
)
from tertulia.train.checkpoint_writer import CheckpointWriter
from tertulia.train.sharding import rows_of

MACHINE = Machine(name="test")


def _written(folder: Path, whole: torch.Tensor, processes: int) -> Path:
    target = folder / name_of(64)
    target.mkdir(parents=True)
    for rank in range(processes):
        first, count = rows_of(len(whole), processes, rank)
        rows = {"model/a": Rows(values=whole[first : first + count], first=first, rows=len(whole))}
        if rank == 0:
            rows["adamw/a/step"] = Rows(values=torch.tensor(3.0))
        write_rows(target / file_of(rank), rows)
    digests = {file_of(rank): sha256_of(target / file_of(rank)) for rank in range(processes)}
    write_state(target, digests, {"step": 3})
    return target


@pytest.mark.parametrize("wrote", [1, 2, 3, 4])
@pytest.mark.parametrize("reads", [1, 2, 3, 5, 8])
def test_rows_are_read_whoever_wrote_them(tmp_path: Path, wrote: int, reads: int) -> None:
    whole = torch.arange(7 * 3).view(7, 3)
    found = Checkpoint(_written(tmp_path, whole, wrote))
    pieces = [found.rows("model/a", *rows_of(7, reads, rank)) for rank in range(reads)]
    assert torch.equal(torch.cat(pieces), whole)
    assert found.names() == {"model/a", "adamw/a/step"}
    assert float(found.whole("adamw/a/step")) == 3.0


def test_each_process_verifies_its_share_and_all_hear_of_it(tmp_path: Path) -> None:
    target = _written(tmp_path, torch.ones(8, 2), 2)
    (target / file_of(1)).write_bytes(b"something else")
    found = Checkpoint(target)
    assert found.damaged(slice(0, None, 2)) == []
    assert found.damaged(slice(1, None, 2)) == [file_of(1)]
    with pytest.raises(TrainingError, match="damaged"):
        # The file of this process is whole; another one has found the fault.
        latest_checkpoint(tmp_path, share=slice(0, None, 2), sum_over=lambda damaged: damaged + 1)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"state": 1, "sha256": 2}'])
def test_a_state_that_cannot_be_read_is_a_damaged_checkpoint(tmp_path: Path, content: str) -> None:
    target = _written(tmp_path, torch.ones(2, 2), 1)
    (target / "state.json").write_text(content)
    with pytest.raises(TrainingError) as caught:
        latest_checkpoint(tmp_path)
    assert caught.value.code == "train.corrupt-checkpoint"
    assert caught.value.where == str(target)


def _saved(writer: CheckpointWriter, tokens: int, value: float) -> None:
    tensors = {"model/a": Rows(values=torch.full((2, 2), value), rows=2)}
    writer.save(tokens, tensors, {"step": tokens})


def test_what_is_written_is_what_was_there_when_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    write = checkpoint_writer.write_rows

    def slow(path: Path, tensors: dict[str, Rows]) -> None:
        begun.set()
        assert go_on.wait(10)
        write(path, tensors)

    monkeypatch.setattr(checkpoint_writer, "write_rows", slow)
    writer = CheckpointWriter(tmp_path, MACHINE, World())
    values = torch.ones(2, 2)
    writer.save(64, {"model/a": Rows(values=values, rows=2)}, {})
    assert begun.wait(10)
    values.zero_()
    assert finished(tmp_path) == []
    go_on.set()
    writer.finish()
    (found,) = finished(tmp_path)
    assert torch.equal(Checkpoint(found).rows("model/a", 0, 2), torch.ones(2, 2))


def test_a_disk_that_fills_up_is_told_at_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, tensors: dict[str, Rows]) -> None:
        raise OSError(28, "No space left on device")

    writer = CheckpointWriter(tmp_path, MACHINE, World())
    _saved(writer, 64, 1.0)
    writer.finish()
    monkeypatch.setattr(checkpoint_writer, "write_rows", full)
    _saved(writer, 128, 2.0)
    with pytest.raises(StoreError) as caught:
        writer.finish()
    assert caught.value.code == "store.disk-full"
    assert not writer.failed
    writer.give_up()
    newest = latest_checkpoint(tmp_path)
    assert newest is not None and newest.state == {"step": 64}
    writer.begin()
    assert [path.name for path in tmp_path.iterdir()] == [name_of(64)]


def test_a_checkpoint_waits_for_every_process(tmp_path: Path) -> None:
    writers = [
        CheckpointWriter(tmp_path, MACHINE, World(rank=rank, size=2, local_size=2))
        for rank in (0, 1)
    ]
    for writer in writers:
        writer.begin()
    # `save` of two processes waits for both: here it has nothing to wait for yet.
    first = threading.Thread(target=writers[0]._write, args=(64, _rows(0), {"step": 1}))
    first.start()
    first.join(0.2)
    assert first.is_alive() and finished(tmp_path) == []
    writers[1]._write(64, _rows(1), {"step": 1})
    first.join(10)
    (found,) = finished(tmp_path)
    assert sorted(path.name for path in found.iterdir()) == [file_of(0), file_of(1), "state.json"]
    assert set(json.loads((found / "state.json").read_text())["sha256"]) == {file_of(0), file_of(1)}


def test_a_checkpoint_that_another_process_never_writes_is_none(tmp_path: Path) -> None:
    writer = CheckpointWriter(tmp_path, MACHINE, World(rank=0, size=2, local_size=2))
    thread = threading.Thread(target=writer._write, args=(64, _rows(0), {}))
    writer._thread = thread
    thread.start()
    writer.give_up()
    assert not thread.is_alive()
    assert finished(tmp_path) == []
    assert not writer.failed


def _rows(rank: int) -> dict[str, Rows]:
    return {"model/a": Rows(values=torch.full((2, 2), float(rank)), first=2 * rank, rows=4)}
