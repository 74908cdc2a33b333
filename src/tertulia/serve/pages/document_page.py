"""The page of a document that holds a cited passage, with the passage marked; and the original.

Plain HTML from the server: no scripts, nothing from elsewhere, all text of a document escaped.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Response
from fastapi.responses import FileResponse, HTMLResponse

from tertulia.errors import ServeError
from tertulia.messages import LANGUAGES, language, reading, tr
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Document, Reader
from tertulia.serve.knowledge.document import Extract, Page, Span
from tertulia.serve.knowledge.originals import Originals
from tertulia.serve.pages.document_parts import Piece, part_with, parts, pieces

if TYPE_CHECKING:
    import jinja2

STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --link: #0b4f9e; --mark: #ffe58a; }
@media (prefers-color-scheme: dark) {
:root { --ink: #ececec; --paper: #161616; --link: #9ecbff; --mark: #6b5300; } }
body { max-width: 46rem; margin: 0 auto; padding: 1rem; color: var(--ink);
background: var(--paper); font: 1.05rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
main p { white-space: pre-wrap; }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
mark { background: var(--mark); color: var(--ink); scroll-margin-top: 5rem; }
"""

_STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}

_PDF = "application/pdf"


def document_page(
    document: Document, extract: Extract, span: Span | None = None, *, part: int | None = None
) -> str:
    """HTML of the part of a document that holds `span`, or of `part` counted from 0.

    It is in the reader's language, as `messages.language` says. A span that reaches into the next
    page is marked as far as this one goes.
    """
    all_parts = parts(extract)
    if part is None:
        part = part_with(extract, span.start) if span else 0
    part = min(max(part, 0), len(all_parts) - 1)
    shown = all_parts[part]
    found = pieces(extract, shown, span)
    title = extract.title or document.name
    return _template().render(
        page_language=_tag(language()),
        language=_lang_attribute(extract.language),
        title=title,
        name=document.name,
        place=_place(extract, shown, len(all_parts)),
        style=STYLE,
        previous=_link(document, part - 1) if part else None,
        following=_link(document, part + 1) if part + 1 < len(all_parts) else None,
        original=_original(document, extract, shown),
        pieces=found,
        passage=_first_marked(found),
        labels={
            "pages": tr("Pages of the document"),
            "previous": tr("Previous page"),
            "next": tr("Next page"),
            "original": tr("Open the original"),
            "empty": tr("This page holds no text; it was most likely scanned."),
        },
    )


def document_router(
    database: Database, originals: Originals, reader: Callable[..., Any]
) -> APIRouter:
    """GET /documents/{id} and /documents/{id}/original; the dependency `reader` says who asks.

    What the reader may not see is not found.
    """
    router = APIRouter()
    asked = Depends(reader)

    @router.get("/documents/{id}", response_class=HTMLResponse, operation_id="read_document")
    def page(
        id: str,
        asking: Reader = asked,
        start: Annotated[int | None, Query(ge=0, le=1 << 40)] = None,
        end: Annotated[int | None, Query(ge=0, le=1 << 40)] = None,
        part: Annotated[int | None, Query(ge=0, le=1 << 40)] = None,
        accept_language: Annotated[str, Header()] = "",
    ) -> Response:
        """The page that holds the characters from `start` up to `end`, marked."""
        document, extract = database.document(id, asking), database.extract(id, asking)
        if document is None or extract is None:
            raise HTTPException(404, "There is no such document")
        span = None
        if start is not None:
            span = Span(start=start, end=max(start, end if end is not None else start))
        with reading(wanted_language(accept_language) or language()):
            html = document_page(document, extract, span, part=part)
        return HTMLResponse(html, headers={**HEADERS, "Vary": "Accept-Language"})

    @router.get(
        "/documents/{id}/original", response_class=FileResponse, operation_id="open_original"
    )
    def original(id: str, asking: Reader = asked) -> Response:
        """The file as it was given."""
        document = database.document(id, asking)
        if document is None:
            raise HTTPException(404, "There is no such document")
        try:
            path = originals.path(document.sha256)
        except ServeError as error:
            raise HTTPException(404, error.what) from error
        return _file(path, document.name)

    return router


def wanted_language(accepted: str) -> str | None:
    """The first of `LANGUAGES` in an Accept-Language header, or None; browsers order it."""
    for item in accepted[:1000].lower().split(","):
        tag = item.partition(";")[0].strip().replace("_", "-")
        base = tag.partition("-")[0]
        if base == "ca" and "valencia" in tag:
            return "ca@valencia"
        if base in LANGUAGES:
            return base
    return None


def _file(path: Path, name: str) -> Response:
    """A PDF is shown, all else is handed over: a page from outside must not run as ours."""
    with path.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    return FileResponse(
        path,
        media_type=_PDF if is_pdf else "application/octet-stream",
        filename=name.rpartition("/")[2],
        content_disposition_type="inline" if is_pdf else "attachment",
        headers={key: HEADERS[key] for key in HEADERS if key != "Content-Security-Policy"},
    )


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    source = Path(__file__).with_name("document.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source)


def _first_marked(found: tuple[Piece, ...]) -> object:
    return next((run for piece in found for run in piece.runs if run.marked), None)


def _place(extract: Extract, shown: Page, count: int) -> str:
    if extract.pages:
        return tr("Page {number}", number=shown.number)
    return tr("Part {number} of {count}", number=shown.number, count=count)


def _link(document: Document, part: int) -> str:
    return f"/documents/{quote(document.id, safe='')}?part={part}"


def _original(document: Document, extract: Extract, shown: Page) -> str:
    fragment = f"#page={shown.number}" if extract.pages else ""
    return f"/documents/{quote(document.id, safe='')}/original{fragment}"


def _lang_attribute(tag: str | None) -> Any:
    from markupsafe import Markup

    return Markup(' lang="{}"').format(tag) if tag else ""


def _tag(name: str) -> str:
    """`ca@valencia` as HTML writes it."""
    return name.replace("@", "-")
