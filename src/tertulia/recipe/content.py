"""A digest of files outside the store: the texts that a recipe begins from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from tertulia.errors import DataError
from tertulia.recipe.glob_pattern import matches

RULE_FILES = frozenset({"tdmrep.json", "ai.txt", "robots.txt"})
"""Names of files that say what of an archive may be used, and are no documents."""
_NOT_CONTENT = frozenset({"__pycache__"})


def content_digest(path: Path, *, name: str, pattern: str | None = None) -> str:
    """SHA-256, as 64 hex digits, over the sorted (relative path, size, SHA-256) below `path`.

    Only files that match `pattern` count, if there is one; a single file counts under its own
    name; links are followed. Rules that lie with them (`RULE_FILES`) count too, since what they
    reserve is left out. Raises DataError
    `recipe.source-missing`, `recipe.source-empty` or `recipe.source-unreadable`.
    """
    total = hashlib.sha256()
    count = 0
    for relative, file in sorted(_files(path, name)):
        rules = file.name in RULE_FILES
        if not rules and not matches(relative, pattern):
            continue
        size, digest = _file_digest(file, name)
        total.update(f"{relative}\0{size}\0{digest}\n".encode("utf-8", "surrogateescape"))
        count += not rules
    if count == 0:
        raise DataError(
            "recipe.source-empty",
            f"the source `{name}` holds no file",
            where=str(path),
            remedy="Put its files there, or take the source out of the recipe",
        )
    return total.hexdigest()


def _files(path: Path, name: str) -> Iterator[tuple[str, Path]]:
    """(relative path, file) of a file, or of every file below a folder."""
    if path.is_file():
        yield path.name, path
        yield from _rules_beside(path)
        return
    if not path.is_dir():
        raise DataError(
            "recipe.source-missing",
            f"the source `{name}` is not there",
            where=str(path),
            remedy="Put its files there, or correct its path",
        )
    seen = set()
    for folder, folders, files in os.walk(path, followlinks=True):
        # A link to a folder above would lead round for ever.
        seen.add(os.path.realpath(folder))
        folders[:] = [
            child
            for child in folders
            if child not in _NOT_CONTENT and os.path.realpath(f"{folder}/{child}") not in seen
        ]
        for file in files:
            whole = Path(folder, file)
            # A broken link is kept, to be told when it is opened; a pipe or socket is no content.
            if whole.is_file() or not whole.exists():
                yield whole.relative_to(path).as_posix(), whole


def _rules_beside(file: Path) -> Iterator[tuple[str, Path]]:
    """(relative path, file) of the rules in the folder of a single file, and of its sites."""
    folder = file.parent
    for place in (folder, *(child for child in folder.glob("*") if child.is_dir())):
        for rules in (*(place / name for name in RULE_FILES), place / ".well-known/tdmrep.json"):
            if rules != file and rules.is_file():
                yield rules.relative_to(folder).as_posix(), rules


def _file_digest(file: Path, name: str) -> tuple[int, str]:
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return stream.tell(), digest
    except OSError as error:
        raise DataError(
            "recipe.source-unreadable",
            f"a file of the source `{name}` cannot be read: "
            f"{(error.strerror or 'input error').lower()}",
            where=str(file),
            remedy="Restore the file or its permissions",
        ) from None
