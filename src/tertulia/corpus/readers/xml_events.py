"""XML from outside, element by element: no entities, no other files, no endless depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from tertulia.corpus.opening import MAX_DOCUMENT_BYTES, too_large
from tertulia.errors import DataError

_MAX_DEPTH = 200
_CHUNK = 1 << 18


def elements(stream: BinaryIO, wanted: frozenset[str], where: str) -> Iterator[Element]:
    """Each outermost element whose name is `wanted`, as it ends; names without namespaces.

    Attributes keep theirs as `xml:lang`. Raises DataError `corpus.truncated`, `corpus.damaged`.
    """
    builder = _Builder(wanted, where)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    # What declares entities may be a bomb; text formats have no need of it.
    parser.EntityDeclHandler = builder.refuse
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from builder.taken()
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        yield from builder.taken()
        raise _not_xml(error, where) from error
    yield from builder.taken()


def text_of(element: Element | None) -> str:
    """All text within an element, stripped; nothing for None."""
    return "" if element is None else "".join(element.itertext()).strip()


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its name without prefix."""
    return next((v for k, v in element.attrib.items() if k.rpartition(":")[2] == name), None)


class _Builder:
    """Builds the wanted elements and forgets everything else."""

    def __init__(self, wanted: frozenset[str], where: str) -> None:
        self._wanted, self._where = wanted, where
        self._tree: TreeBuilder | None = None
        self._depth = self._inside = self._size = 0
        self._done: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DataError("corpus.damaged", "XML is nested too deeply", where=self._where)
        if self._tree is None and name in self._wanted:
            self._tree, self._inside, self._size = TreeBuilder(), self._depth, 0
        if self._tree is not None:
            self._tree.start(name, attributes)

    def end(self, name: str) -> None:
        if self._tree is not None:
            self._tree.end(name.rpartition(":")[2])
            if self._depth == self._inside:
                self._done.append(self._tree.close())
                self._tree = None
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._tree is not None:
            self._tree.data(text)
            self._size += len(text)
            if self._size > MAX_DOCUMENT_BYTES:
                raise too_large("an XML element", self._where)

    def refuse(self, *_: object) -> NoReturn:
        raise DataError(
            "corpus.damaged", "XML that declares entities is not read", where=self._where
        )

    def taken(self) -> list[Element]:
        done, self._done = self._done, []
        return done


def _not_xml(error: Exception, where: str) -> DataError:
    ends = (expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
            expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
            expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR])  # fmt: skip
    if isinstance(error, expat.ExpatError) and error.code in ends:
        return DataError("corpus.truncated", "an XML file ends too early", where=where)
    return DataError("corpus.damaged", f"an XML file cannot be read ({error})", where=where)
