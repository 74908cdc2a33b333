"""Text that nothing happens to when it is shown: no link, no image, no markup, no chat turns.

What documents and models write is data. An image that a page fetches by itself would carry what
was read to whoever wrote its address, so no address of theirs is ever shown as one.
"""

from __future__ import annotations

import re

_LINK = re.compile(
    r"!?\[([^\]\n]*)\]\s*(?:\([^)\n]*\)|\[[^\]\n]*\])|^\s*\[[^\]\n]+\]:\s*\S+.*$", re.M
)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}:(?://|(?=[^\s\d]*@))|//(?=[\w-]+\.)|www\.)[^\s<>\"'«»“”`]+"
    r"|(?:javascript|data|vbscript|mailto)\s*:[^\s<>\"'«»“”`]+",
    re.I,
)
_TAG = re.compile(r"<[/!?]?[a-z][^<>\n]{0,500}>?|<!--.*?(?:-->|\Z)", re.I | re.S)
_TURN = re.compile(r"<\s*\|[^|<>\n]{0,60}\|\s*>|\[/?(?:INST|SYS)\]|<</?SYS>>|</?s>", re.I)
_ACTIVE = re.compile(
    f"{_LINK.pattern}|{_TURN.pattern}|{_ADDRESS.pattern}|{_TAG.pattern}", re.I | re.M | re.S
)
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")


def active(text: str) -> bool:
    """Whether the text holds anything that is more than words: a link, a tag, a chat turn."""
    return _ACTIVE.search(text) is not None or _TURN.search(visible(text)) is not None


def quotable(text: str) -> bool:
    """Whether a sentence may be chosen as a quote: an address may stand in it, markup may not."""
    plain = visible(text)
    return not any(pattern.search(plain) for pattern in (_LINK, _TURN, _TAG))


def without_markup(text: str) -> str:
    """What a model wrote: links by their words, addresses, tags and turns gone."""
    plain = _SPACE.sub(" ", visible(text).replace("`", ""))
    before = None
    while before != plain:
        # Taking something out may join what stood around it to something new.
        before = plain
        plain = _LINK.sub(lambda match: match[1] or "", plain)
        for pattern in (_TURN, _TAG, _ADDRESS):
            plain = pattern.sub("", plain)
        plain = _SPACE.sub(" ", plain).strip()
    return plain


def shown(text: str) -> str:
    """A quote on one line; what is more than words stands as code, which no page brings to life."""
    line = _SPACE.sub(" ", visible(text).replace("`", "'")).strip()
    return _ACTIVE.sub(lambda match: f"`{match[0]}`", line)


def inert_turn(text: str) -> str:
    """A text as it is put before a model: what looks like the marks of a turn is none.

    Our tokenizer never makes a reserved id of text; a remote server's may.
    """
    return re.sub(r"<(?=\s*\|)", "‹", re.sub(r"\|\s*>", "|›", visible(text)))


def visible(text: str) -> str:
    """Without characters that nobody sees; two words stay apart where they were."""
    return _INVISIBLE.sub("", text)
