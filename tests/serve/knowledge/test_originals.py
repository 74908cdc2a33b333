"""Originals: stored once by their digest, whole or not at all, and swept when old and unused."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest

from tertulia.errors import ServeError
from tertulia.serve.knowledge.originals import Originals

TEXT = b"A ribeira leva auga todo o ano."
DIGEST = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "originals", reserve=0)


def _files(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "originals").rglob("*") if path.is_file()]


def test_the_same_content_is_stored_once_under_its_digest(
    originals: Originals, tmp_path: Path
) -> None:
    first = originals.put(io.BytesIO(TEXT), 1000)
    second = originals.put(io.BytesIO(TEXT), 1000)
    assert first == second
    assert (first.sha256, first.size) == (DIGEST, len(TEXT))
    assert _files(tmp_path) == [DIGEST]
    assert originals.path(DIGEST).parent.name == DIGEST[:2]
    with originals.open(DIGEST) as file:
        assert file.read() == TEXT


def test_what_is_too_large_is_refused_and_leaves_nothing(
    originals: Originals, tmp_path: Path
) -> None:
    with pytest.raises(ServeError) as refused:
        originals.put(io.BytesIO(TEXT), len(TEXT) - 1)
    assert refused.value.code == "serve.too-large"
    assert _files(tmp_path) == []
    assert originals.put(io.BytesIO(TEXT), len(TEXT)).size == len(TEXT)


def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path) -> None:
    with pytest.raises(ServeError) as refused:
        Originals(tmp_path / "originals", reserve=1 << 60).put(io.BytesIO(TEXT), 1000)
    assert refused.value.code == "serve.disk-full"
    assert _files(tmp_path) == []


def test_an_upload_that_breaks_off_leaves_nothing(originals: Originals, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ServeError):
        originals.put(Broken(), 1000)
    assert _files(tmp_path) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "/" * 64])
def test_only_a_digest_is_a_name(originals: Originals, name: str) -> None:
    with pytest.raises(ServeError) as refused:
        originals.path(name)
    assert refused.value.code == "serve.no-original"


def test_a_changed_file_is_noticed(originals: Originals) -> None:
    originals.put(io.BytesIO(TEXT), 1000)
    assert originals.verify(DIGEST)
    originals.path(DIGEST).write_bytes(TEXT[::-1])
    assert not originals.verify(DIGEST)


def test_a_sweep_takes_what_is_unused_and_an_hour_old(originals: Originals, tmp_path: Path) -> None:
    used, unused, young = (originals.put(io.BytesIO(TEXT * n), 1000).sha256 for n in (1, 2, 3))
    unfinished = tmp_path / "originals" / "part-abc"
    unfinished.write_bytes(b"x")
    for path in (originals.path(used), originals.path(unused), unfinished):
        os.utime(path, (1, 1))
    assert originals.sweep({used}, 1) == 2
    assert sorted(_files(tmp_path)) == sorted([used, young, "databases"])


def test_what_another_database_may_need_is_left_alone(originals: Originals) -> None:
    assert originals.sweep(set(), 1) == 0
    originals.put(io.BytesIO(TEXT), 1000)
    os.utime(originals.path(DIGEST), (1, 1))
    assert [originals.sweep(set(), database) for database in (2, 1)] == [0, 0]
    assert originals.verify(DIGEST)


def test_what_is_given_again_is_young_again(originals: Originals) -> None:
    originals.put(io.BytesIO(TEXT), 1000)
    os.utime(originals.path(DIGEST), (1, 1))
    originals.put(io.BytesIO(TEXT), 1000)
    assert originals.sweep(set(), 1) == 0
    assert originals.verify(DIGEST)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ServeError) as refused:
        Originals(tmp_path / "file" / "originals").put(io.BytesIO(TEXT), 1000)
    assert refused.value.code == "serve.disk-full"
