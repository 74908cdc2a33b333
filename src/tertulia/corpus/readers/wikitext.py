"""Wikitext to plain text, by patterns in linear time: what a reader of the article reads.

Templates, tables, notes, files and categories go; links leave their labels, headings their words.
"""

from __future__ import annotations

import html
import re

_MAX_NESTING = 30
"""Templates and tables within one another; what is deeper stays as it is."""

# No pattern may look at a character more than a few times: a page may be made to hang readers.
_GONE = re.compile(
    r"<!--(?:(?!<!--).)*?-->"
    r"|<(ref|gallery|math|timeline|syntaxhighlight|source|score|code|imagemap|chem|graph)\b"
    r"(?:[^<>]*+(?<=/)>|[^<>]*+(?<!/)>(?:(?!<\1\b).)*?</\1\s*+>)",
    re.DOTALL | re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_TABLE = re.compile(r"\{\|(?:(?!\{\||\|\}).){0,100000}\|\}", re.DOTALL)
_INNER_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_OUTER_LINK = re.compile(r"\[(?:https?:)?//[^\s\[\]]++(?: ([^\[\]]*+))?\]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_BOLD = re.compile(r"'{2,5}")
_HEADING = re.compile(r"^(={1,6})(.{1,300})\1[ \t]*+$", re.MULTILINE)
_LIST = re.compile(r"^[*#:;]+[ \t]*", re.MULTILINE)
_SWITCH = re.compile(r"__[A-Z]{3,30}__")
_BLANK = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")
_NOT_SHOWN = re.compile(
    r":?(?:file|image|category|archivo|imagen|categor[ií]a|fitxer|imatge|ficheiro|imaxe|"
    r"fitxategi|irudi|kategoria)\s*:",
    re.IGNORECASE,
)


def plain_text(wikitext: str) -> str:
    """The words of an article, paragraphs and headings on lines of their own."""
    text = _GONE.sub("", wikitext)
    text = _emptied(_TEMPLATE, text)
    text = _emptied(_TABLE, text)
    for _ in range(_MAX_NESTING):
        # Innermost first: a caption of a picture holds links of its own.
        shorter = _INNER_LINK.sub(_label, text)
        if shorter == text:
            break
        text = shorter
    text = _OUTER_LINK.sub(lambda match: match[1] or "", text)
    text = _TAG.sub("", text)
    text = _BOLD.sub("", text)
    text = _HEADING.sub(lambda match: match[2].strip(), text)
    text = _LIST.sub("", text)
    text = _SWITCH.sub("", text)
    text = html.unescape(text).replace("\xa0", " ")
    return _GAP.sub("\n\n", _BLANK.sub("", text)).strip()


def _emptied(pattern: re.Pattern[str], text: str) -> str:
    for _ in range(_MAX_NESTING):
        text, count = pattern.subn("", text)
        if not count:
            break
    return text


def _label(match: re.Match[str]) -> str:
    inside = match[1]
    if _NOT_SHOWN.match(inside) and not inside.startswith(":"):
        return ""
    return inside.rpartition("|")[2].lstrip(":")
