"""RESULTS.md: each benchmark replaces its own section and leaves every other line as it is.

A section lies between two HTML comments that name it, so that figures are never copied by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

from tertulia.store.atomic import write_text

RESULTS = Path(__file__).parent / "RESULTS.md"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class BrokenMarkersError(ValueError):
    """The comments around a section are not one begin followed by one end."""


def markers(name: str) -> tuple[str, str]:
    """The lines before and after the section `name`."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not lower-case words joined by hyphens")
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def replace_section(text: str, name: str, body: str) -> str:
    """`text` with the section `name` holding `body`; a new section goes to the end.

    Raises BrokenMarkersError where the markers in `text` are missing a half, doubled or swapped,
    and where `body` brings markers of its own section along.
    """
    begin, end = markers(name)
    if begin in body or end in body:
        raise BrokenMarkersError(f"the new text of {name} holds the section's own markers")
    section = f"{begin}\n{body.strip()}\n{end}"
    lines = text.splitlines()
    begins = [at for at, line in enumerate(lines) if line.strip() == begin]
    ends = [at for at, line in enumerate(lines) if line.strip() == end]
    if not begins and not ends:
        return f"{text.rstrip()}\n\n{section}\n".lstrip("\n")
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        raise BrokenMarkersError(f"the section {name} needs one begin and, after it, one end")
    whole = [*lines[: begins[0]], section, *lines[ends[0] + 1 :]]
    return "\n".join(whole) + "\n"


def write_section(name: str, body: str, path: Path = RESULTS) -> None:
    """Replaces the section `name` in the file, which is made where it is missing."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Results\n"
    write_text(path, replace_section(text, name, body))
