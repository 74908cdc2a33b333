"""`extract`: a file becomes one text with pages, headings, a title and a language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath

from tertulia.serve.knowledge.document import Extract
from tertulia.serve.knowledge.isolation import Limits, read_isolated
from tertulia.serve.knowledge.structured_text import Structure

_MAX_TITLE = 200


def extract(
    path: Path,
    name: str,
    *,
    limits: Limits | None = None,
    on_guess: Callable[[str], None] | None = None,
) -> Extract:
    """What the file at `path`, which its user calls `name`, says.

    It is read in a process of its own within `limits`; `on_guess` is told the encoding of a text
    that is not UTF-8. Raises DataError `knowledge.unknown-format`, `knowledge.unreadable`,
    `knowledge.no-text`, `corpus.encrypted`, `corpus.damaged`, `corpus.truncated`,
    `corpus.too-large`; MissingExtraError `corpus.missing-extra`.
    """
    structure = read_isolated(path, name, limits or Limits())
    if structure.encoding and on_guess:
        on_guess(structure.encoding)
    return as_extract(structure, name)


def as_extract(structure: Structure, name: str) -> Extract:
    """With its language, and with a title even where the file has none."""
    return Extract(
        text=structure.text,
        title=_title(structure, name),
        language=_language(structure.text),
        pages=structure.pages,
        headings=structure.headings,
        empty_pages=structure.empty_pages,
    )


def _title(structure: Structure, name: str) -> str:
    """What the file says, its first heading of the highest level, or its name."""
    title = structure.title
    if not title and structure.headings:
        first = min(structure.headings, key=lambda heading: (heading.level, heading.start))
        title = structure.text[first.start : first.end]
    return (title or PurePath(name).stem or name)[:_MAX_TITLE]


def _language(text: str) -> str | None:
    """None where nothing is known; of a text in several languages the one of most of it."""
    from tertulia.corpus.document import NO_LANGUAGE
    from tertulia.corpus.language_id import identify, identify_documents
    from tertulia.corpus.language_id.documents import SEVERAL

    tag = identify_documents([text]).tags[0]
    if tag == SEVERAL:
        tag = identify([text]).tags[0]
    return None if tag == NO_LANGUAGE else tag
