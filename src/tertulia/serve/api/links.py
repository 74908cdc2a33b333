"""Where a document is read: addresses on this server, relative to it."""

from __future__ import annotations

from urllib.parse import quote


def document_link(document: str, start: int, end: int) -> str:
    """The page of the document that holds the span, with the span marked."""
    return f"/documents/{quote(document, safe='')}?start={start}&end={end}"
