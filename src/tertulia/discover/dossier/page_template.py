"""The dossier's Jinja templates: one style, everything escaped but the drawings made here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from tertulia.languages import autonym
from tertulia.messages import LANGUAGES, language, tr

ORDER = ("es", "ca", "ca@valencia", "eu", "gl", "en")
"""The languages as they are offered."""
assert set(ORDER) == set(LANGUAGES)


def render_page(template: str, *, page: str, home: str, **values: Any) -> str:
    """A page in the reader's language, named `page` within its folder.

    `home` leads from the page to the dossier's folder: `../` from a language's own.
    """
    languages = [
        (tag(one), autonym(tag(one)), f"{home}{tag(one)}/{page}", one == language())
        for one in ORDER
    ]
    text = (
        _environment()
        .get_template(template)
        .render(language=tag(language()), languages=languages, home=home, **values)
    )
    return str(text).strip() + "\n"


def tag(name: str) -> str:
    """A language as HTML and folders name it: gettext's `ca@valencia` is `ca-valencia`."""
    return name.replace("@", "-")


@cache
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
    )
    environment.globals["tr"] = tr
    return environment
