"""Paths with wildcards: `*` and `?` within a name, `[...]`, and `**` for any number of folders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

_WILDCARD = re.compile(r"[*?\[]")


def without_wildcards(path: str) -> tuple[str, str | None]:
    """(the folder before the first wildcard, the pattern below it or None if there is none)."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if _WILDCARD.search(part):
            folder = "/".join(parts[:index])
            return folder or ("/" if path.startswith("/") else "."), "/".join(parts[index:])
    return path, None


def matches(relative: str, pattern: str | None) -> bool:
    """Whether the path `relative` is one of `pattern`; every path is where there is none."""
    return pattern is None or _matches(relative.split("/"), pattern.split("/"))


def _matches(names: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns:
        return not names
    if patterns[0] == "**":
        rest = patterns[1:] or ["*"]
        return any(_matches(names[skipped:], rest) for skipped in range(len(names)))
    return bool(names) and fnmatchcase(names[0], patterns[0]) and _matches(names[1:], patterns[1:])
