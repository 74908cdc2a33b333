"""HTML: the main content of a page as text, its language, and whether its author reserves it.

Extraction is resiliparse's: docs/sources.md says how it was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.corpus.opening import whole_bytes
from tertulia.corpus.readers.record import Record, framed, has_lone_surrogate, plain_language
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_NO_TRAINING = ("noai", "notrain", "noml")
"""Words in a robots directive that refuse training, as sites write them."""

_DECLARED_ENCODING = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.I
)
_DECLARED_WITHIN = 4096


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page says."""

    text: str
    language: str | None
    url: str | None
    """Of `<link rel="canonical">`."""
    reservation: str | None


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """One raw row for a page."""
    page = read_page(whole_bytes(path), str(path))
    if not page.text:
        raise no_text_inside("a page", str(path))
    yield from framed(
        [
            Record(
                text=page.text,
                language=page.language,
                url=page.url,
                reservation=page.reservation,
            )
        ]
    )


def read_page(data: bytes, where: str, *, encoding: str | None = None, whole: bool = False) -> Page:
    """A page's content; `encoding` is what a server said, `whole` takes all text for content.

    Raises DataError `corpus.damaged` where there is no page to be seen.
    """
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    text = decoded_page(data, encoding)
    try:
        tree = HTMLTree.parse(text)
        extracted = extract_plain_text(tree, main_content=not whole, alt_texts=False)
        title = page_title(tree)
        head = _Head(tree)
    except (ValueError, RuntimeError, UnicodeError, AttributeError, TypeError) as error:
        raise DataError(
            "corpus.damaged", f"a page cannot be read ({error})", where=where
        ) from error
    extracted = extracted.strip()
    if extracted and title and not whole and title not in extracted[: 4 * len(title) + 200]:
        extracted = f"{title}\n\n{extracted}"
    return Page(text=extracted, language=head.language, url=head.url, reservation=head.reservation)


def reservation_in(fields: Iterable[tuple[str, str]]) -> str | None:
    """What (name, value) pairs of a page's or an answer's head say about training.

    `tdm-reservation: 1` or `: 0`, and the words of robots directives that refuse it.
    """
    found = []
    for name, value in fields:
        if name == "tdm-reservation" and value in ("0", "1"):
            found.append(f"{name}: {value}")
        elif name in ("robots", "x-robots-tag"):
            words = re.split(r"[\s,;:]+", value.lower())
            found += [word for word in _NO_TRAINING if word in words]
    return ", ".join(dict.fromkeys(found)) or None


def no_text_inside(what: str, where: str) -> DataError:
    """The error for a file that can be read and holds no text."""
    return DataError("corpus.no-text-inside", f"{what} holds no text", where=where)


class _Head:
    """Language, canonical address and reservation of a page."""

    def __init__(self, tree: Any) -> None:
        root = tree.document.query_selector("html")
        self.language = plain_language(root.getattr("lang") if root is not None else None)
        self.url: str | None = None
        for link in tree.document.query_selector_all("link[rel=canonical]"):
            href = (link.getattr("href") or "").strip()
            if href.startswith(("http://", "https://")):
                self.url = self.url or href
        self.reservation = reservation_in(
            ((meta.getattr("name") or "").strip().lower(), (meta.getattr("content") or "").strip())
            for meta in tree.document.query_selector_all("meta")
        )


def page_title(tree: Any) -> str:
    """The only highest heading of a parsed page, or else what its head calls it."""
    headings = tree.document.query_selector_all("h1")
    text = headings[0].text if len(headings) == 1 else tree.title
    return " ".join((text or "").split())


def decoded_page(data: bytes, encoding: str | None = None) -> str:
    """A page's source: by byte order mark, by what server or page says, as UTF-8, by its look."""
    from resiliparse.parse.encoding import detect_encoding

    declared = _DECLARED_ENCODING.search(data[:_DECLARED_WITHIN])
    names: list[str] = [encoding] if encoding else []
    if declared:
        names.append(declared[1].decode("ascii"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names.insert(0, "utf-16")
    for name in (*names, "utf-8"):
        try:
            text = data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
        if not has_lone_surrogate(text):
            return text.removeprefix("\ufeff")
    try:
        return data.decode(detect_encoding(data) or "utf-8", errors="replace")
    except (LookupError, UnicodeError):
        return data.decode("utf-8", errors="replace")
