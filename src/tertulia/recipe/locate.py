"""On which line of a TOML text each key stands; tomllib reads values but tells no positions.

The text has been accepted by tomllib before it comes here, so this reads structure only and
refuses nothing.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

KeyPath = tuple[str | int, ...]
"""Keys from the root; an integer is an index into an array."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_BASIC_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL_STRING = re.compile(r"'[^'\n]*'")
# A multi-line string may end in up to two quotes of its own before the three that close it.
_LONG_BASIC_STRING = re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL)
_LONG_LITERAL_STRING = re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}")


def locate_keys(text: str) -> dict[KeyPath, int]:
    """Line, counted from 1, of every key, table and array element of valid TOML.

    A table that only a longer header or a dotted key implies stands where it is first implied.
    """
    return _Scanner(text).scan()


class _Scanner:
    """One pass over the text, left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lines: dict[KeyPath, int] = {}
        self._last_index: dict[KeyPath, int] = {}
        """Path of an array of tables -> index of the table that headers now speak of."""

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self._lines

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        return match[0]

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)

    def _header(self) -> KeyPath:
        """Reads `[a.b]` or `[[a.b]]` and returns the path that the keys below it belong to."""
        line = self._line()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        keys = self._dotted_key()
        self._at += 2 if is_array else 1
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._enter((*path, key), line)
        path = (*path, keys[-1])
        if not is_array:
            self._lines[path] = line
            return path
        self._lines.setdefault(path, line)
        self._last_index[path] = self._last_index.get(path, -1) + 1
        path = (*path, self._last_index[path])
        self._lines[path] = line
        return path

    def _enter(self, path: KeyPath, line: int) -> KeyPath:
        """The path of an implied table; of an array of tables, that of its last one."""
        self._lines.setdefault(path, line)
        return (*path, self._last_index[path]) if path in self._last_index else path

    def _dotted_key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            keys.append(self._simple_key())
            self._skip(_BLANK)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _simple_key(self) -> str:
        match self._text[self._at]:
            case '"':
                quoted = self._skip(_BASIC_STRING)
                return str(tomllib.loads(f"key = {quoted}")["key"])
            case "'":
                return self._skip(_LITERAL_STRING)[1:-1]
            case _:
                return self._skip(_BARE_KEY)

    def _pair(self, table: KeyPath) -> None:
        """Reads `a.b = value`."""
        line = self._line()
        path = table
        for key in self._dotted_key():
            path = (*path, key)
            self._lines.setdefault(path, line)
        assert self._text[self._at] == "="
        self._at += 1
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        start = self._text[self._at]
        if start == "[":
            self._array(path)
        elif start == "{":
            self._inline_table(path)
        elif self._text.startswith('"""', self._at):
            self._skip(_LONG_BASIC_STRING)
        elif self._text.startswith("'''", self._at):
            self._skip(_LONG_LITERAL_STRING)
        elif start == '"':
            self._skip(_BASIC_STRING)
        elif start == "'":
            self._skip(_LITERAL_STRING)
        else:
            self._skip(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        self._skip(_BLANK)
        index = 0
        while self._text[self._at] != "]":
            self._lines[(*path, index)] = self._line()
            self._value((*path, index))
            index += 1
            self._separator()
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        self._skip(_BLANK)
        while self._text[self._at] != "}":
            self._pair(path)
            self._separator()
        self._at += 1

    def _separator(self) -> None:
        self._skip(_BLANK)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_BLANK)
