"""Cleans one line of text, and says why when it drops it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from scripts.starter.foreign import is_foreign

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_DAMAGE = re.compile("\ufffd|Ã[\u0080-\u00bf©±³¡º§¨]|â€|Â[ºª·«»¿¡]|ï¿½")
_MARKUP = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)(\{[^}]*\})?"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\{/[^}]*/\}|\{%[^%]*%\}|\{\{[^}]*\}\}"), ""),
    (re.compile(r"<[a-zA-Z]+ [^<>]*=[^<>]*>|</[a-zA-Z]+>|<br ?/?>"), ""),
    (re.compile(r"(^|(?<=\s))!(?=[A-ZÀ-Ý])"), ""),
    (re.compile(r"^#{1,6}\s+"), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
)
_SOURCE_MARKS = (
    (re.compile(r"(?<=\w)_(?=\w)"), " "),
    (re.compile(r" \\ "), "/"),
    (re.compile(r"(?<=\d) - (?=\d)"), "-"),
)
"""Marks of the SLI corpora: `dentro_do`, `79 \\ 409 \\ CEE`, `94 - 95`."""

_PERSONAL = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?\d{4}){4,7}\b"), "[iban]"),
    (
        "identity",
        re.compile(r"\b(?:\d{8}|\d{2}\.\d{3}\.\d{3}|[XYZxyz][ -]?\d{7})[ -]?[A-Za-z]\b"),
        "[id]",
    ),
    (
        "telephone",
        re.compile(
            r"(?<![\d.,/-])(?:\(?(?:\+|00)?34\)?[ .-]?)?[6789]\d{2}"
            r"(?:[ .-]\d{3}[ .-]\d{3}|[ .-]\d{2}[ .-]\d{2}[ .-]\d{2}|\d{6})(?![\d.,/-]*\d)"
            r"|(?<![\d.,/-])9\d[ .-]\d{3}[ .-]\d{2}[ .-]\d{2}(?!\d)"
        ),
        "[tel]",
    ),
)
_MASKED_IDENTITY = re.compile(r"\*{2,}\d|\d\*{2,}")
_CODE = re.compile(
    r"explain:|\{ text:|className=|^\s*(?:import|const|let|var|def|return) \w+ ?[=({]"
)
_END = re.compile(r"[.!?:…»”\")\]]$")


def _letters_share(line: str) -> float:
    return sum(ch.isalpha() or ch == " " for ch in line) / len(line)


def clean_line(line: str, language: str, source: str, tally: Counter[str]) -> str:
    """`line` in NFC without markup and personal data, or `""` with the reason counted in `tally`.

    `tally` also counts the masks (`masked email`, ...).
    """
    line = unicodedata.normalize("NFC", line)
    line = _SPACES.sub(" ", _CONTROL.sub("", line)).strip()
    for pattern, replacement in _MARKUP:
        line = pattern.sub(replacement, line)
    if source.startswith("sli-"):
        for pattern, replacement in _SOURCE_MARKS:
            line = pattern.sub(replacement, line)
    line = _SPACES.sub(" ", line).strip()
    reason = _reason_to_drop(line, language, source)
    if reason:
        tally[reason] += 1
        return ""
    for name, pattern, mask in _PERSONAL:
        line, count = pattern.subn(mask, line)
        tally[f"masked {name}"] += count
    return line


def _reason_to_drop(line: str, language: str, source: str) -> str:
    if not line:
        return "empty line"
    if _DAMAGE.search(line):
        return "damaged encoding"
    if _MASKED_IDENTITY.search(line):
        return "part of an identity number"
    if len(line) > 20 and _letters_share(line) < 0.6:
        return "mostly symbols or digits"
    if source == "libreoffice-help" and ";" in line and not _END.search(line):
        return "index entry"
    if source == "libreoffice-help" and not line[0].isupper() and not _END.search(line):
        return "index entry"
    if _CODE.search(line):
        return "program code"
    if is_foreign(line, language):
        return "another language"
    return ""


_OFFICIAL_NAMES = re.compile(
    r"\b(?:[Nn]omenar|[Cc]essar|[Ss]r\.|[Ss]ra\.|[Dd]on|[Dd]oña|NIF|DNI|CIF|[Ss]uplent|Presidència:"
    r"|[Vv]ocal|[Tt]ribunal|[Ss]ecretari[ae]?:|D\.|Dª|[Ee]n/[Nn]a)"
)


def is_sentence(line: str, source: str, tally: Counter[str]) -> bool:
    """Whether a line of an unordered source can stand alone; gazettes lose what names people."""
    if len(line) < 3 or not (line[0].isupper() or line[0] in "¿¡«\"“'—-"):
        tally["not a whole sentence"] += 1
        return False
    if source == "common-voice-sentences" and line[-1] not in '.?!…»”"':
        tally["not a whole sentence"] += 1
        return False
    if source.startswith("pilar"):
        if len(line) < 30 or line[-1] not in ".?!»”":
            tally["not a whole sentence"] += 1
            return False
        if _OFFICIAL_NAMES.search(line):
            tally["may name a private person"] += 1
            return False
    if re.search(r"\s[.,;:!?](?:\s|$)|[¿¡] ", line) or line.startswith("Anem a "):
        tally["tokenised or from a template"] += 1
        return False
    return True
