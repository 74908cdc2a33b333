"""TMX: each segment in its language; translations of one another share a `parent`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from tertulia.corpus.opening import open_bytes
from tertulia.corpus.readers.record import Record, framed, plain_language
from tertulia.corpus.readers.xml_events import attribute, elements
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_MARKUP = frozenset({"bpt", "ept", "it", "ph", "ut"})
"""Elements that hold codes of the original format, and no words."""


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """Raw frames of a .tmx file."""
    yield from framed(_records(path))


def _records(path: Path) -> Iterator[Record]:
    number = 0
    with open_bytes(path) as stream:
        for element in elements(stream, frozenset({"tu", "header"}), str(path)):
            if element.tag == "header":
                continue
            number += 1
            for position, variant in enumerate(element.iter("tuv")):
                segment = variant.find("seg")
                text = "" if segment is None else _words(segment).strip()
                if text:
                    yield Record(
                        text=text,
                        part=f"{number}.{position}",
                        parent=str(number),
                        language=plain_language(attribute(variant, "lang")),
                        date=attribute(variant, "creationdate"),
                    )
    if not number and not _is_memory(path):
        raise DataError("corpus.damaged", "an XML file is no TMX", where=str(path))


def _words(segment: Element) -> str:
    pieces = [segment.text or ""]
    for child in segment:
        if child.tag not in _MARKUP:
            pieces.append(_words(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _is_memory(path: Path) -> bool:
    with open_bytes(path) as stream:
        return any(True for _ in elements(stream, frozenset({"tmx"}), str(path)))
