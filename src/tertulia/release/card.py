"""The model card: what the model is, what it cannot do, how it was made and how it measures.

`README.md` is in English whoever builds, so that a release is the same everywhere; beside it lies
one card for each language of the catalogues.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from tertulia.languages import autonym
from tertulia.messages import locale_folder, mark
from tertulia.messages.catalogue import DOMAIN
from tertulia.messages.catalogue import LANGUAGES as CATALOGUES
from tertulia.release.figures import SplitFigures
from tertulia.release.names import ModelName
from tertulia.release.text_sources import TextSource

FOOTPRINT = "logs/footprint.json"
"""Relative to the model's directory; the store keeps `logs` out of an artifact's digest."""

Translate = Callable[..., str]

_SPLIT_TITLES = {
    "held_out": mark("Documents set aside from the training sources"),
    "unseen": mark("Sources that were never trained on"),
}


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """Everything that a card states."""

    name: ModelName
    licence: str
    languages: Sequence[str]
    parameters: int
    context: int
    tokens: int
    """Tokens read in pretraining."""
    training: Sequence[tuple[str, str]]
    """Label, an English message, and value of each row of the training table."""
    figures: Sequence[SplitFigures]
    sources: Sequence[TextSource]
    conversations: Sequence[tuple[str, str]] = ()
    """Sources of instruction tuning and their licences."""


def write_cards(facts: CardFacts, out: Path) -> None:
    """Writes `README.md` and a `README.LANGUAGE.md` for each language that has a catalogue."""
    for language in CATALOGUES:
        suffix = "" if language == "en" else f".{language.replace('@', '-')}"
        if language == "en" or gettext.find(DOMAIN, locale_folder(), [language]):
            text = render_card(facts, language)
            (out / f"README{suffix}.md").write_text(text, encoding="utf-8")


def render_card(facts: CardFacts, language: str = "en") -> str:
    """The card in one of the languages of `tertulia.messages`, as Markdown."""
    from jinja2 import Environment, StrictUndefined

    tr = _translator(language)  # the front matter, for machines, is in the English card alone
    environment = Environment(
        undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    environment.filters["cell"] = _cell
    template = files("tertulia.release").joinpath("card.md.jinja").read_text("utf-8")
    return environment.from_string(template).render(
        _values(facts, tr), tr=tr, front_matter=language == "en"
    )


def _values(facts: CardFacts, tr: Translate) -> dict[str, Any]:
    base = ModelName(
        family=facts.name.family, size=facts.name.size, kind="base", version=facts.name.version
    )
    return {
        "name": str(facts.name),
        "base_name": str(base),
        "kind": facts.name.kind,
        "licence": facts.licence,
        "languages": [f"{autonym(tag)} ({tag})" for tag in facts.languages],
        "hub_languages": sorted({tag.partition("-")[0] for tag in facts.languages}),
        "parameters": _grouped(facts.parameters),
        "tokens": _grouped(facts.tokens),
        "context": _grouped(facts.context),
        "figures": [_table(split, tr) for split in facts.figures],
        "training": [(tr(label), value) for label, value in facts.training],
        "footprint_file": FOOTPRINT,
        "sources": facts.sources,
        "conversations": facts.conversations,
    }


def _table(split: SplitFigures, tr: Translate) -> dict[str, Any]:
    rows = []
    for row in split.rows:
        cells = [
            str(row.values[column]) if column in row.values else "–" for column in split.columns
        ]
        rows.append({"language": row.language, "cells": cells, "documents": row.documents})
    return {
        "title": tr(_SPLIT_TITLES[split.split]),
        "columns": split.columns,
        "rows": rows,
    }


def _translator(language: str) -> Translate:
    catalogue = (
        gettext.NullTranslations()
        if language == "en"
        else gettext.translation(DOMAIN, locale_folder(), [language])
    )

    def tr(message: str, /, **fields: object) -> str:
        text = catalogue.gettext(message)
        return text.format(**fields) if fields else text

    return tr


def _grouped(count: int) -> str:
    # A no-break space groups digits in every one of the languages.
    return f"{count:,}".replace(",", "\u00a0")


def _cell(text: str) -> str:
    """A text from outside inside a Markdown table: one line, no column of its own."""
    return " ".join(text.split()).replace("|", "\\|")
