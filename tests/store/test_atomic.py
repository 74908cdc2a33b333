"""A file is replaced whole or kept; a full disk is told in one sentence, however it is reported."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tertulia.errors import DataError, StoreError
from tertulia.store.atomic import disk_errors, is_disk_full, write_text


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    write_text(path, "uno")
    write_text(path, "dos: ñ, l·l")
    assert path.read_text() == "dos: ñ, l·l"
    assert [entry.name for entry in tmp_path.iterdir()] == ["latest.json"]


def test_a_failed_write_keeps_the_old_content_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "latest.json"
    write_text(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError) as caught, disk_errors(tmp_path):
        write_text(path, "new")
    assert caught.value.code == "store.disk-full"
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["latest.json"]


def test_the_system_says_no_space_left() -> None:
    """/dev/full refuses every write, to root and to anybody else."""
    with (
        pytest.raises(StoreError, match="no space left") as caught,
        disk_errors(Path("/dev")),
        open("/dev/full", "wb", buffering=0) as stream,
    ):
        stream.write(b"x")
    assert caught.value.code == "store.disk-full"
    assert "finished stages are kept" in str(caught.value.remedy)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "x"),
        OSError(errno.EDQUOT, "x"),
        OSError(errno.EFBIG, "x"),
        RuntimeError('IoError(Os { code: 28, kind: StorageFull, message: "x" })'),
        RuntimeError("write failed: No space left on device (os error 28)"),
    ],
)
def test_each_way_of_saying_full_is_understood(error: Exception) -> None:
    assert is_disk_full(error)
    wrapped = RuntimeError("could not save")
    wrapped.__cause__ = error
    assert is_disk_full(wrapped)


def test_other_errors_pass_through(tmp_path: Path) -> None:
    assert not is_disk_full(OSError(errno.EIO, "x"))
    for error in (ValueError("x"), DataError("corpus.empty", "nothing"), FileNotFoundError("x")):
        with pytest.raises(type(error)) as caught, disk_errors(tmp_path):
            raise error
        assert caught.value is error


def test_a_refused_write_below_the_run_is_told(tmp_path: Path) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "r" / "x"))
    with pytest.raises(StoreError) as caught, disk_errors(tmp_path):
        raise error
    assert caught.value.code == "store.not-writable"
    elsewhere = PermissionError(errno.EACCES, "Permission denied", "/elsewhere")
    with pytest.raises(PermissionError), disk_errors(tmp_path):
        raise elsewhere
