"""Plain text and Markdown; a file that is not UTF-8 is told of."""

from __future__ import annotations

import codecs
import re

from tertulia.serve.knowledge.structured_text import Structure, StructuredText

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_RULE = frozenset(" \t:|-")
_WINDOWS = "windows-1252"


def read_text(data: bytes, name: str) -> Structure:
    """The structure of a plain text: paragraphs."""
    text, guessed = decoded_text(data)
    out = StructuredText(name)
    out.paragraph(text)
    return out.finish(encoding=guessed)


def read_markdown(data: bytes, name: str) -> Structure:
    """The structure of a Markdown file; its source is kept but for the signs of headings."""
    text, guessed = decoded_text(data)
    out = StructuredText(name)
    paragraph: list[str] = []
    fence = ""

    def end() -> None:
        out.paragraph("\n".join(paragraph))
        paragraph.clear()

    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        fenced = _FENCE.match(line)
        if fenced and (not fence or fenced[1].startswith(fence)):
            fence = "" if fence else fenced[1]
            paragraph.append(line)
        elif fence:
            paragraph.append(line)
        elif heading := _HEADING.match(line):
            end()
            out.heading(len(heading[1]), _without_closing(line[heading.end() :].strip()))
        elif len(paragraph) == 1 and (under := _UNDERLINE.fullmatch(line)):
            out.heading(1 if under[1][0] == "=" else 2, paragraph.pop())
        elif _is_row(line):
            end()
            if not _RULE.issuperset(line):
                out.row("\t".join(cell.strip() for cell in line.strip().strip("|").split("|")))
        elif line.strip():
            paragraph.append(line)
        else:
            end()
    end()
    return out.finish(encoding=guessed)


def decoded_text(data: bytes) -> tuple[str, str | None]:
    """The text, and the name of its encoding where that had to be guessed."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), None
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        return data.decode(_WINDOWS, "replace"), _WINDOWS


def _without_closing(heading: str) -> str:
    stripped = heading.rstrip("#")
    return stripped.rstrip() if not stripped or stripped[-1].isspace() else heading


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|") and line.rstrip().endswith("|") and line.count("|") > 2
