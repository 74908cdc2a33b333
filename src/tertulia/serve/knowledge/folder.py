"""Keeps a collection like a folder: new and changed files are queued, those gone are removed."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.errors import DataError, ServeError
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Document, Reader
from tertulia.serve.knowledge.originals import Originals

SUFFIXES = frozenset(".pdf .docx .odt .html .htm .xhtml .md .markdown .txt .text .rst".split())
"""Files that are taken for documents; what they really are their content decides."""

_SOURCE = "source"
_FOLDER = "folder"
_MOST = 1000


@dataclass(frozen=True, kw_only=True)
class FolderChanges:
    """What became of the files of a folder; names are paths within it."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    passed_over: tuple[str, ...]
    """Files of other kinds, links, and what begins with a dot."""
    refused: tuple[tuple[str, str], ...]
    """Files that could not be taken, and folders that could not be read, with the reason."""


def add_folder(
    folder: Path,
    collection: str,
    reader: Reader,
    database: Database,
    originals: Originals,
    *,
    limit: int,
) -> FolderChanges:
    """Queues what is new or changed in `folder` and removes what is gone from it.

    `reader` owns the collection; a file may have `limit` bytes. Documents that came by another way
    are left alone. Raises DataError `knowledge.no-folder` where the folder is missing or empty, so
    that a disk that is not there does not empty a collection; ServeError `serve.no-collection`.
    """
    if database.collection(collection, reader) is None:
        raise ServeError("serve.no-collection", f"there is no collection {collection}")
    files, passed_over, unreadable = _files(folder)
    known = _known(database, collection, reader)
    added: list[str] = []
    changed: list[str] = []
    refused: list[tuple[str, str]] = []
    for name, path in files:
        try:
            with path.open("rb") as stream:
                original = originals.put(stream, limit)
        except (ServeError, OSError) as error:
            reason = error.what if isinstance(error, ServeError) else str(error.strerror)
            refused.append((name, reason))
            continue
        before = known[name][-1] if name in known else None
        if before is None or before.sha256 != original.sha256 or before.state == "failed":
            database.add_document(_queued(collection, name, original.sha256))
            (changed if before else added).append(name)
    gone = _gone(known.keys() - {name for name, _ in files}, unreadable)
    for name in gone:
        for document in known[name]:
            database.delete_document(document.id, reader)
    return FolderChanges(
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(gone),
        unchanged=len(files) - len(added) - len(changed) - len(refused),
        passed_over=passed_over,
        refused=(*refused, *unreadable),
    )


def _gone(missing: set[str], unreadable: Sequence[tuple[str, str]]) -> list[str]:
    """What is missing, but for folders that could not be read: it may be there all the same."""
    unknown = tuple(f"{folder}/" for folder, _ in unreadable)
    return sorted(name for name in missing if not name.startswith(unknown))


def _queued(collection: str, name: str, sha256: str) -> Document:
    return Document(
        id=f"doc-{secrets.token_hex(16)}",
        collection=collection,
        file="",
        name=name,
        sha256=sha256,
        state="queued",
        created=int(time.time()),
        attributes={_SOURCE: _FOLDER},
    )


def _known(database: Database, collection: str, reader: Reader) -> dict[str, list[Document]]:
    """The documents that came out of a folder, by name, the newest last."""
    known: dict[str, list[Document]] = {}
    after = None
    while page := database.documents(collection, reader, after=after, limit=_MOST):
        for document in page:
            if document.attributes.get(_SOURCE) == _FOLDER:
                known.setdefault(document.name, []).append(document)
        after = page[-1].id
    return known


def _files(
    folder: Path,
) -> tuple[list[tuple[str, Path]], tuple[str, ...], list[tuple[str, str]]]:
    """(name, path) of the documents in a folder and below, sorted; what is passed over; folders
    that cannot be read, with the reason."""
    files, passed_over = [], []
    errors: list[OSError] = []
    for name, path in _walked(folder, errors.append):
        hidden = any(part.startswith(".") for part in name.split("/"))
        kind = path.suffix.lower() in SUFFIXES
        if kind and not hidden and not path.is_symlink() and path.is_file():
            files.append((name, path))
        else:
            passed_over.append(name)
    if not files:
        raise DataError(
            "knowledge.no-folder",
            "a folder of documents is not there or holds none",
            where=str(folder),
        )
    unreadable = [
        (_name(Path(error.filename), folder), error.strerror or type(error).__name__)
        for error in errors
    ]
    return files, tuple(passed_over), unreadable


def _walked(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[tuple[str, Path]]:
    """All files below a folder by their name within it, links to folders not followed."""
    found = []
    for parent, folders, names in os.walk(folder, onerror=on_error, followlinks=False):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*names, *links):
            path = Path(parent, name)
            found.append((_name(path, folder), path))
    return iter(sorted(found))


def _name(path: Path, folder: Path) -> str:
    # What is not UTF-8 is told as it can be written.
    return path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()
