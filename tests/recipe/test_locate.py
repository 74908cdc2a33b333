"""The locator gives every key of a TOML text the line it stands on."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.recipe.locate import KeyPath, locate_keys

EVERYTHING = '''\
# a comment with = and [brackets]
schema = 1
name = "a # b"  # c
date = 1979-05-27 07:32:00
a.b."c d" = 'x = "y"'

[table]  # comment
list = [
    "one", # a ] comment
    [2, 3],

    { k = "v", l.m = [1, 2] },
]
long = """
[not.a.table]
key = 1 \\"""
""""
raw = \'\'\'
it's a "quote\'\'\'

[table.deeper . "quoted.key"]
x = 1e6

[[row]]
n = 1
[row.inner]
m = 1
[[row]]
n = 2
[row.inner]
m = 2
[[row.list]]
k = 1
'''


def paths_of(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    """Every key, table and array element of what tomllib read."""
    if isinstance(value, dict):
        inner = [((*path, key), item) for key, item in value.items()]
    elif isinstance(value, list):
        inner = [((*path, index), item) for index, item in enumerate(value)]
    else:
        return set()
    return {key for key, _ in inner}.union(*(paths_of(item, key) for key, item in inner))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("schema",), 2),
        (("name",), 3),
        (("a", "b", "c d"), 5),
        (("table",), 7),
        (("table", "list"), 8),
        (("table", "list", 0), 9),
        (("table", "list", 1, 1), 10),
        (("table", "list", 2), 12),
        (("table", "list", 2, "l", "m", 1), 12),
        (("table", "long"), 14),
        (("table", "raw"), 18),
        (("table", "deeper", "quoted.key"), 21),
        (("table", "deeper", "quoted.key", "x"), 22),
        (("row",), 24),
        (("row", 0, "inner", "m"), 27),
        (("row", 1), 28),
        (("row", 1, "inner", "m"), 31),
        (("row", 1, "list", 0, "k"), 33),
    ],
)
def test_each_kind_of_key_is_on_its_line(key: KeyPath, line: int) -> None:
    assert locate_keys(EVERYTHING)[key] == line


def test_it_finds_the_same_keys_as_tomllib() -> None:
    assert set(locate_keys(EVERYTHING)) == paths_of(tomllib.loads(EVERYTHING))


def test_windows_line_ends_count_once() -> None:
    text = EVERYTHING.replace("\n", "\r\n")
    assert locate_keys(text) == locate_keys(EVERYTHING)


def test_an_explicit_header_goes_before_an_implied_one() -> None:
    assert locate_keys("[a.b]\n\n[a]\nx = 1\n")[("a",)] == 3


KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=6),
)
STRINGS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=["Cc"]), max_size=12
) | st.sampled_from(['"', '""', "'", "''", "a\nb", "]", "}", "# no comment", "[t]\nk = 1", "\\"])
VALUES = st.recursive(
    STRINGS | st.integers(-(2**40), 2**40) | st.booleans() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def _quoted(text: str, draw: Any) -> str:
    """One of the ways to write a string, among those that can hold it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    ways = ['"' + escaped.replace("\n", "\\n") + '"', '"""' + escaped + '"""']
    if "'" not in text:
        ways.append("'''" + text + "'''")
        if "\n" not in text:
            ways.append(f"'{text}'")
    # A newline right after the opening quotes is not part of the string.
    ways[1:] = [way for way in ways[1:] if not text.startswith("\n")]
    if '"' in text and "\\" not in text and '"""' not in text and not text.startswith("\n"):
        ways.append(f'"""{text}"""')
    return str(draw(st.sampled_from(ways)))


def _key(key: str, draw: Any) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    if bare and draw(st.booleans()):
        return key
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Writer:
    """Writes values as TOML in a drawn style, noting the line of each key as it goes."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[KeyPath, int] = {}

    def note(self, path: KeyPath) -> None:
        self.lines[path] = self.text.count("\n") + 1

    def blank(self) -> None:
        """Something that is no key, on lines of its own."""
        self.text += self.draw(st.sampled_from(["", "\n", "# k = 1\n", "  \n\t# [x]\n"]))

    def value(self, path: KeyPath, value: Any) -> None:
        if isinstance(value, dict):
            self.text += "{"
            for index, (key, item) in enumerate(value.items()):
                self.text += ", " if index else " "
                self.pair((*path, key), item)
            self.text += " }"
        elif isinstance(value, list):
            self.text += "["
            for index, item in enumerate(value):
                self.text += self.draw(st.sampled_from(["", "\n", " # ]\n  "]))
                self.note((*path, index))
                self.value((*path, index), item)
                self.text += self.draw(st.sampled_from([",", "\n,", " , # x\n"]))
            self.text += "]"
        elif isinstance(value, str):
            self.text += _quoted(value, self.draw)
        else:
            self.text += (
                {True: "true", False: "false"}.get(value, repr(value))
                if isinstance(value, bool)
                else repr(value)
            )

    def pair(self, path: KeyPath, value: Any) -> None:
        self.note(path)
        self.text += _key(str(path[-1]), self.draw) + self.draw(st.sampled_from(["=", " = "]))
        self.value(path, value)

    def table(self, path: KeyPath, values: dict[str, Any]) -> None:
        """Plain values first, then tables and arrays of tables under headers or in place."""
        headers = []
        for key, value in values.items():
            is_table = isinstance(value, dict)
            is_array = isinstance(value, list) and value and all(map(_is_table, value))
            if (is_table or is_array) and self.draw(st.booleans()):
                headers.append(key)
                continue
            self.blank()
            self.pair((*path, key), value)
            self.text += self.draw(st.sampled_from(["\n", "  # = x\n"]))
        for key in headers:
            value = values[key]
            self.blank()
            if isinstance(value, dict):
                self.header((*path, key), "[", "]")
                self.table((*path, key), value)
                continue
            for index, row in enumerate(value):
                if index == 0:
                    self.note((*path, key))
                self.header((*path, key, index), "[[", "]]")
                self.table((*path, key, index), row)

    def header(self, path: KeyPath, start: str, end: str) -> None:
        self.note(path)
        keys = [_key(part, self.draw) for part in path if isinstance(part, str)]
        self.text += start + self.draw(st.sampled_from([".", " . "])).join(keys) + end + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


@given(st.data())
def test_whatever_the_style_each_key_is_found_on_the_line_it_was_written(
    data: st.DataObject,
) -> None:
    values = data.draw(st.dictionaries(KEYS, VALUES, max_size=4))
    writer = _Writer(data.draw)
    writer.table((), values)

    assert tomllib.loads(writer.text) == values
    assert locate_keys(writer.text) == writer.lines
