"""Which files a source has, in which order, and how they are shared out among workers."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.document import SPLITS
from tertulia.corpus.opening import file_format
from tertulia.corpus.readers.extras import require_extras
from tertulia.errors import DataError
from tertulia.recipe.content import RULE_FILES
from tertulia.recipe.glob_pattern import matches

if TYPE_CHECKING:
    from tertulia.recipe.sources import ResolvedSource

SHARD_BYTES = 4_000_000
"""On disk; what one worker takes at a time."""

_CARD = "readme.md"
"""At the top of a folder it speaks of the data, and is no part of it."""

_SPLIT_FILE = re.compile(
    r"(?P<split>train|validation|valid|dev|test)(-\d+-of-\d+)?\.(jsonl|ndjson|parquet|csv|tsv)\b"
)
"""Names of the Hugging Face layout, such as `test-00000-of-00001.parquet`."""


def source_files(source: ResolvedSource) -> tuple[list[Path], list[Path]]:
    """(files that are read, files of other kinds), each sorted by relative path.

    Hidden files are passed over, as are rules beside an archive (`RULE_FILES`). Raises
    DataError `corpus.missing`.
    """
    if source.path.is_file():
        found = [source.path]
    elif source.path.is_dir():
        found = _files_below(source)
    else:
        raise DataError(
            "corpus.missing", f"the source '{source.name}' is not there", where=str(source.path)
        )
    known: list[Path] = []
    other: list[Path] = []
    for path in found:
        card = path.name.lower() == _CARD and path.parent == source.path
        (other if card or file_format(path) is None else known).append(path)
    return known, other


def plan_shards(source: ResolvedSource) -> list[list[Path]]:
    """The files that are read, in order, in groups of about `SHARD_BYTES` on disk.

    A larger file stands alone. Raises DataError `corpus.missing`, and MissingExtraError where a
    format wants a package that is not installed.
    """
    shards: list[list[Path]] = []
    room = 0
    files = source_files(source)[0]
    require_extras(files)
    for path in files:
        # A file that cannot be looked at is told of when it is read.
        size = path.stat().st_size if path.exists() else 0
        if not shards or size > room:
            shards.append([])
            room = SHARD_BYTES
        shards[-1].append(path)
        room -= size
    return shards


def relative_path(path: Path, source: ResolvedSource) -> str:
    """`path` as documents are named by it: below the source's folder, or its own name."""
    return path.name if path == source.path else path.relative_to(source.path).as_posix()


def split_of(relative: str, source: ResolvedSource) -> str:
    """The split of rows that name none: declared, by a folder's name, by the file's name."""
    *folders, name = relative.split("/")
    named = next((folder for folder in folders if folder in SPLITS), None)
    if source.split or named:
        return source.split or named or ""
    match = _SPLIT_FILE.match(name.lower())
    return "held_out" if match and match["split"] != "train" else "train"


def _files_below(source: ResolvedSource) -> list[Path]:
    folder = source.path
    found = {}
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        # A link to a folder above would lead round for ever.
        seen.add(os.path.realpath(place))
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(Path(place, name)) not in seen
        ]
        for name in names:
            path = Path(place, name)
            relative = path.relative_to(folder).as_posix()
            hidden = name.startswith(".") or name in RULE_FILES
            if not hidden and matches(relative, source.pattern):
                found[relative] = path
    return [found[relative] for relative in sorted(found)]
