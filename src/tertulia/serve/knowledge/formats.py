"""Which format a file is in: its content decides, its name only between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal

from tertulia.errors import DataError

Format = Literal["pdf", "docx", "odt", "html", "markdown", "text"]

FORMATS = ("PDF", "DOCX", "ODT", "HTML", "Markdown", "TXT")

_PDF_WITHIN = 1024
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TEXT = (b"{\\rtf", b"%!PS", b"<?xml")
_PAGE = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*|<\?xml.{0,200}?\?>\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_LOOKED_AT = 1 << 16
_MAX_CONTROL = 0.001
"""Share of control characters above which a file is no text."""

_BY_NAME: dict[str, Format] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown",
}  # fmt: skip
_BINARY_NAMES = frozenset({".pdf", ".docx", ".odt", ".doc", ".epub", ".zip"})


def recognised(data: bytes, name: str) -> Format:
    """The format of a file's whole content, which a user calls `name`.

    Raises DataError `knowledge.unknown-format` for what is none of `FORMATS` or is not what its
    name promises, `corpus.encrypted` for an office file with a password.
    """
    suffix = PurePath(name).suffix.lower()
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, name)
    if data.startswith(_COMPOUND_FILE):
        raise _password(name) if suffix == ".docx" else unknown(name, "an old office file")
    if suffix in _BINARY_NAMES:
        raise unknown(name, f"no file of the kind {suffix[1:].upper()}, as its name promises")
    if not _is_text(data):
        raise unknown(name, "no text")
    head = data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    if suffix in _BY_NAME:
        return _BY_NAME[suffix]
    if _PAGE.match(head.replace(b"\0", b"")):
        return "html"
    if head.startswith(_NOT_TEXT):
        raise unknown(name, "source that is not made for reading")
    return "text"


def unknown(name: str, what: str) -> DataError:
    """The error for a file that is `what`."""
    return DataError(
        "knowledge.unknown-format",
        f"a file is {what}",
        where=name,
        remedy=f"The formats that are read are {', '.join(FORMATS)}",
    )


def _packed(data: bytes, name: str) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    # zipfile raises nearly anything on a hostile archive.
    except Exception as error:
        raise DataError(
            "corpus.damaged", f"an archive cannot be read ({error})", where=name
        ) from error
    if "word/document.xml" in names:
        return "docx"
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        head = data[:_PDF_WITHIN]
        if b"application/vnd.oasis.opendocument.text" in head or b"opendocument" not in head:
            return "odt"
    raise unknown(name, "an archive that is neither DOCX nor ODT")


def _password(name: str) -> DataError:
    return DataError(
        "corpus.encrypted", "a file is encrypted", where=name, remedy="Give an open copy of it"
    )


def _is_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = data[:_LOOKED_AT]
    return len(head) - len(head.translate(None, _CONTROL)) <= _MAX_CONTROL * len(head)
