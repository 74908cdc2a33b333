"""A collection like a folder: new and changed files are queued, those gone are removed."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import DataError, ServeError
from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.knowledge.folder import FolderChanges, add_folder
from tertulia.serve.knowledge.indexing import Indexer
from tertulia.serve.knowledge.originals import Originals
from tests.serve.hashed_embedder import HashedEmbedder
from tests.serve.knowledge.conftest import OWNER, queue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documentos"
    (folder / "taxas").mkdir(parents=True)
    (folder / "taxas" / "auga.md").write_text("# Auga\n\nA taxa da auga.")
    (folder / "pleno.txt").write_text("O pleno é o luns.")
    return folder


@pytest.fixture
def indexer(database: SqlDatabase, originals: Originals) -> Indexer:
    return Indexer(database, originals, HashedEmbedder())


def _added(
    folder: Path, database: SqlDatabase, originals: Originals, limit: int = 1000
) -> FolderChanges:
    return add_folder(folder, "vs_1", OWNER, database, originals, limit=limit)


def _names(database: SqlDatabase) -> dict[str, str]:
    return {each.name: each.state for each in database.documents("vs_1", OWNER)}


def test_only_what_changed_is_indexed_again(
    folder: Path, database: SqlDatabase, originals: Originals, indexer: Indexer
) -> None:
    first = _added(folder, database, originals)
    assert first.added == ("pleno.txt", "taxas/auga.md")
    while indexer.index_next():
        pass
    again = _added(folder, database, originals)
    assert (again.added, again.changed, again.removed, again.unchanged) == ((), (), (), 2)
    assert not indexer.index_next()
    (folder / "pleno.txt").write_text("O pleno é o martes.")
    (folder / "novo.html").write_text("<html><body><p>Un aviso novo.")
    (folder / "taxas" / "auga.md").unlink()
    third = _added(folder, database, originals)
    assert (third.added, third.changed, third.removed) == (
        ("novo.html",), ("pleno.txt",), ("taxas/auga.md",),
    )  # fmt: skip
    while indexer.index_next():
        pass
    assert _names(database) == {"pleno.txt": "ready", "novo.html": "ready"}


def test_links_hidden_files_and_other_kinds_are_passed_over_and_told(
    folder: Path, tmp_path: Path, database: SqlDatabase, originals: Originals
) -> None:
    (tmp_path / "fora.txt").write_text("segredo")
    (tmp_path / "outra").mkdir()
    (tmp_path / "outra" / "x.txt").write_text("segredo")
    (folder / "ligazón.txt").symlink_to(tmp_path / "fora.txt")
    (folder / "ligada").symlink_to(tmp_path / "outra")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").write_text("x")
    (folder / "foto.png").write_bytes(b"x")
    changes = _added(folder, database, originals)
    assert changes.added == ("pleno.txt", "taxas/auga.md")
    assert changes.passed_over == (".git/x.txt", "foto.png", "ligada", "ligazón.txt")


def test_a_file_too_large_is_told_and_keeps_what_it_had(
    folder: Path, database: SqlDatabase, originals: Originals
) -> None:
    _added(folder, database, originals)
    (folder / "pleno.txt").write_text("x" * 2000)
    changes = _added(folder, database, originals)
    assert changes.refused == (("pleno.txt", "a file is larger than 1000 bytes"),)
    assert "pleno.txt" in _names(database)


def test_a_folder_that_is_not_there_empties_no_collection(
    folder: Path, tmp_path: Path, database: SqlDatabase, originals: Originals
) -> None:
    _added(folder, database, originals)
    (tmp_path / "vacía").mkdir()
    for absent in (tmp_path / "vacía", tmp_path / "non"):
        with pytest.raises(DataError) as refused:
            _added(absent, database, originals)
        assert refused.value.code == "knowledge.no-folder"
    assert len(_names(database)) == 2


def test_documents_that_came_another_way_are_left_alone(
    folder: Path, database: SqlDatabase, originals: Originals
) -> None:
    queue(database, originals, "d1", b"ola", "subida.txt")
    assert _added(folder, database, originals).removed == ()
    assert "subida.txt" in _names(database)


def test_a_collection_of_somebody_else_is_not_there(
    folder: Path, database: SqlDatabase, originals: Originals
) -> None:
    with pytest.raises(ServeError) as refused:
        add_folder(folder, "vs_2", OWNER, database, originals, limit=1000)
    assert refused.value.code == "serve.no-collection"


def test_a_folder_that_cannot_be_read_takes_nothing_out(
    folder: Path, database: SqlDatabase, originals: Originals, monkeypatch: pytest.MonkeyPatch
) -> None:
    _added(folder, database, originals)
    (folder / "pleno.txt").rename(folder / "outro.txt")
    scandir = os.scandir

    def broken(path: Path) -> Any:
        if Path(path).name == "taxas":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", broken)
    changes = _added(folder, database, originals)
    assert changes.removed == ("pleno.txt",)
    assert changes.refused == (("taxas", "Permission denied"),)
    assert set(_names(database)) == {"outro.txt", "taxas/auga.md"}
