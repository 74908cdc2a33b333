"""The screens as HTML: a section for another page, or a page that stands alone.

Everything is escaped; there is no script and nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.messages import language

_GROUP = "\N{NARROW NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, kw_only=True)
class ScreenTable:
    """A table in words; the first cell of a row is its heading."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ScreenSection:
    """What of a screen a reader sees: an answer, tables, and what to bear in mind."""

    kind: str
    title: str
    lead: str
    tables: tuple[ScreenTable, ...]
    notes: tuple[str, ...]


def render_section(section: ScreenSection) -> str:
    """`<section>` with everything of it, to be set into a page."""
    return _render("screen_section.html.jinja", section=section)


def render_page(title: str, sections: Sequence[ScreenSection]) -> str:
    """A whole page in the reader's language."""
    return _render(
        "screen_page.html.jinja",
        title=title,
        sections=sections,
        language=language().replace("@", "-"),
    )


def _render(template: str, **values: object) -> str:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
    )
    return environment.get_template(template).render(**values).strip() + "\n"


def number(value: float | None, digits: int) -> str:
    """`value` as the reader's language writes it; a dash where it is unknown."""
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}".replace(",", _GROUP).replace("-", "\N{MINUS SIGN}")
    return text if language() == "en" else text.replace(".", ",")


def significant(value: float | None, digits: int = 3) -> str:
    """As `number`, to three figures or so: whole from a thousand up."""
    if value is None:
        return NOTHING
    if value == 0:
        return number(0, 0)
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return number(value, max(0, digits - whole))


def span(low: float, value: float, high: float) -> str:
    """`12.3 [10.1, 14.0]`, or the value alone where nothing is left open."""
    if low == high:
        return significant(value)
    between = ", " if language() == "en" else "; "
    return f"{significant(value)} [{significant(low)}{between}{significant(high)}]"
