"""PDF files with an outline, letters of several sizes and pages without text."""

from __future__ import annotations

import io
from typing import Any

Line = tuple[float, str]
"""Size of the letters, and what they say in Windows-1252."""


def pdf_of_lines(*pages: list[Line]) -> bytes:
    """Each page with its lines, from the top."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
               b"/Encoding /WinAnsiEncoding >>"]  # fmt: skip
    kids = []
    for lines in pages:
        shown = b"".join(
            b"BT /F1 %.1f Tf 40 %d Td (%s) Tj ET\n"
            % (size, 780 - 24 * at, text.replace("(", r"\(").replace(")", r"\)").encode("cp1252"))
            for at, (size, text) in enumerate(lines)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n" % (
        len(objects) + 1, table, len(objects) + 1,
    ) + b"startxref\n%d\n%%%%EOF\n" % len(out)  # fmt: skip


def with_outline(data: bytes, entries: list[tuple[str, int, int]], title: str = "") -> bytes:
    """The PDF with an outline of (title, level from 1, page from 0)."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    parents: dict[int, Any] = {}
    for name, level, page in entries:
        parents[level] = writer.add_outline_item(
            title=name, page_number=page, parent=parents.get(level - 1)
        )
    if title:
        writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
