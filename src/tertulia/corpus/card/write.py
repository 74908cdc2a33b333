"""Writes the card's files beside the corpus, in every language, whoever builds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from tertulia.corpus.card.croissant import croissant
from tertulia.corpus.card.facts import CorpusFacts, gather_facts
from tertulia.corpus.card.funnel import draw_funnel
from tertulia.corpus.card.sections import autonym, sections_of, whole
from tertulia.messages import LANGUAGES, language, reading, tr


def write_card(
    corpus: Path, documents: Path | None, *, name: str, settings: Mapping[str, Any], out: Path
) -> None:
    """Writes `DATASHEET.md`, `card.html` (both also `.LANGUAGE`) and `croissant.json` into `out`.

    `corpus` holds `SPLIT/LANGUAGE.parquet`, ledger.json, mixture.json, dropped.parquet;
    `documents` is the artifact it was made of; `settings` the recipe's corpus section as JSON.
    """
    facts = gather_facts(corpus, documents, name=name, settings=settings)
    for tag in LANGUAGES:
        suffix = "" if tag == "en" else f".{tag.replace('@', '-')}"
        with reading(tag):
            _write(out / f"DATASHEET{suffix}.md", render_datasheet(facts))
            _write(out / f"card{suffix}.html", render_page(facts))
    described = json.dumps(croissant(facts), ensure_ascii=False, indent=1)
    _write(out / "croissant.json", described + "\n")


def render_datasheet(facts: CorpusFacts) -> str:
    """The datasheet as Markdown, in the language that messages are shown in."""
    text = _template("datasheet.md.jinja", escape=False).render(
        title=_title(facts), lead=_lead(), sections=sections_of(facts)
    )
    return str(text).strip() + "\n"


def render_page(facts: CorpusFacts) -> str:
    """The page, which needs nothing beside it, in the language that messages are shown in."""
    samples: dict[str, list[Any]] = {}
    for sample in facts.samples:
        samples.setdefault(sample.language, []).append(sample)
    funnel = draw_funnel(
        facts.ledger["funnel"],
        title=tr("Documents after each step"),
        dropped=tr("dropped"),
        number=whole,
    )
    text = _template("card.html.jinja", escape=True).render(
        language=language().replace("@", "-"),
        title=_title(facts),
        lead=_lead(),
        sections=sections_of(facts),
        funnel=funnel,
        funnel_title=tr("Documents after each step"),
        samples=[(tag, autonym(tag), found) for tag, found in samples.items()],
        samples_title=tr("Samples"),
        samples_note=tr(
            "The beginnings of documents that were kept, chosen by a hash of their ids and not "
            "by hand."
        ),
    )
    return str(text).strip() + "\n"


def _title(facts: CorpusFacts) -> str:
    return tr("The corpus {name}", name=facts.name)


def _lead() -> str:
    return tr(
        "Written by tertulia when the corpus was built. Its numbers are counted from the files "
        "that lie beside this one."
    )


def _template(name: str, *, escape: bool) -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, autoescape=escape, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["cell"] = _cell
    return environment.from_string(files("tertulia.corpus.card").joinpath(name).read_text("utf-8"))


def _cell(text: str) -> str:
    """A text from outside within a Markdown table: one line, no column or markup of its own."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
