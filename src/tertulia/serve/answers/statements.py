"""Reads what a model writes into statements, each with the numbers of the passages it cites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tertulia.serve.knowledge.sentences import sentence_ends

LONGEST = 1_500
"""Characters; a statement that goes on longer is not waited for."""

_MARK = re.compile(r"[\[【](?:\s*\d{1,3}\s*[,;]?)+[\]】]")
_NUMBER = re.compile(r"\d+")
_MARKS_BEHIND = re.compile(rf"(?:\s*{_MARK.pattern})+[.!?…]?")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)]|#{1,6})\s+")


@dataclass(frozen=True)
class Statement:
    """A sentence of an answer without its marks, and what it says to rest on."""

    text: str
    numbers: tuple[int, ...]
    begins_line: bool = False


class StatementReader:
    """Takes text as it comes and gives back statements as soon as they are complete."""

    def __init__(self) -> None:
        self._rest = ""
        self._new_line = False

    def read(self, text: str) -> list[Statement]:
        """The statements that `text` completes."""
        self._rest += text
        found = []
        while (end := _complete(self._rest)) is not None:
            found += self._take(end)
        return found

    def finish(self) -> list[Statement]:
        """What is left when no more text comes."""
        return self._take(len(self._rest))

    def _take(self, end: int) -> list[Statement]:
        written, self._rest = self._rest[:end], self._rest[end:]
        begins_line = self._new_line
        body = written.strip()
        self._new_line = (self._new_line and not body) or "\n" in written[len(written.rstrip()) :]
        numbers = [int(n) for mark in _MARK.findall(body) for n in _NUMBER.findall(mark)]
        plain = re.sub(r"\s+([.!?…,;:])", r"\1", _MARK.sub("", _BULLET.sub("", body))).strip()
        if not plain and not numbers:
            return []
        return [Statement(plain, tuple(dict.fromkeys(numbers)), begins_line)]


def _complete(text: str) -> int | None:
    """Where the first statement ends, its marks and the line's end included; None: not yet."""
    line = text.find("\n", len(text) - len(text.lstrip()))
    for end in sentence_ends(text):
        if 0 <= line < end:
            break
        behind = _MARKS_BEHIND.match(text, end)
        after = behind.end() if behind else end
        rest = text[after:]
        # More marks may follow: what comes next has to be seen.
        if rest.strip() and not rest.lstrip().startswith(("[", "【")):
            return after + len(rest) - len(rest.lstrip())
    if line >= 0:
        return line + 1
    return LONGEST if len(text) > LONGEST else None
