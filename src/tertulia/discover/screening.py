"""Runs a brief of kind `screen` and writes what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tertulia.discover.screens import ScreenBrief
from tertulia.store.atomic import disk_errors, write_text

if TYPE_CHECKING:
    from tertulia.discover.value_chain import ScreenSection

SCHEMA = 1
FILE, PAGE = "screen.json", "screen.html"


class _Screen(Protocol):
    def to_json(self) -> dict[str, Any]: ...

    def section(self) -> ScreenSection: ...


@dataclass(frozen=True, kw_only=True)
class Screened:
    """The screens of a brief, written."""

    page: Path
    sections: tuple[ScreenSection, ...]
    fields: Mapping[str, Any]
    """What `screen.json` holds, but for its schema."""


def screen(brief: ScreenBrief, folder: Path) -> Screened:
    """Screens what the brief names and writes `screen.json` and `screen.html` into `folder`.

    Raises DataError `discover.name-unknown`, before anything is written.
    """
    from tertulia.discover import value_chain

    screens: list[_Screen] = []
    if brief.gases is not None:
        screens.append(value_chain.screen_gases(brief.gases))
    if brief.materials is not None:
        screens.append(value_chain.screen_materials(brief.materials))
    if brief.solvents is not None:
        screens.append(value_chain.screen_solvents(brief.solvents))
    told = [one.to_json() for one in screens]
    fields = {"name": brief.name, **{one["screen"]: one for one in told}}
    sections = tuple(one.section() for one in screens)
    page = value_chain.render_page(brief.name, sections)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"schema": SCHEMA, **fields}, ensure_ascii=False, indent=1)
        write_text(folder / FILE, text + "\n")
        write_text(folder / PAGE, page)
    return Screened(page=folder / PAGE, sections=sections, fields=fields)
