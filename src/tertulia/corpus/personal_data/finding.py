"""What is looked for, what a find is, and how one kind is detected."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

KINDS = (
    "iban",
    "card",
    "cadastral-reference",
    "nss",
    "nie",
    "dni",
    "cif",
    "email",
    "phone",
    "plate",
    "postal-address",
    "name",
)
"""Where two finds overlap, the kind that stands first here wins: a NIE may hold a whole DNI."""

CUE_WINDOW = 48
"""Characters before a number in which a word may tell what it is."""


@dataclass(frozen=True)
class Finding:
    """Personal data in a text: `text[start:end] == value`, in Unicode code points."""

    kind: str
    start: int
    end: int
    value: str


@dataclass(frozen=True, kw_only=True)
class Detector:
    """A form and its check.

    `form` never matches a line break. `sieve`, in the syntax that Python and Rust share, matches
    somewhere in every line in which `form` does, so that Polars can pass over the others; left
    out, it is the form itself. `before` and `after` are lookbehind and lookahead, which Rust
    lacks. `check` gets a match and returns the span that is personal data, or None.
    """

    kind: str
    form: str
    sieve: str = ""
    check: Callable[[re.Match[str]], tuple[int, int] | None]
    before: str = r"(?<![^\Wºª])"
    after: str = r"(?!\w)"
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Compiles the form with its surroundings."""
        object.__setattr__(self, "sieve", self.sieve or self.form)
        object.__setattr__(self, "pattern", re.compile(f"{self.before}(?:{self.form}){self.after}"))

    def find(self, text: str) -> list[Finding]:
        """Every find of this form, in order."""
        found = []
        for match in self.pattern.finditer(text):
            span = self.check(match)
            if span is not None:
                found.append(Finding(self.kind, *span, text[slice(*span)]))
        return found


def left_of(match: re.Match[str], width: int = CUE_WINDOW) -> str:
    """What stands before a match on its line, in lower case, at most `width` characters."""
    start = match.start()
    return match.string[max(0, start - width) : start].rpartition("\n")[2].lower()


def right_of(match: re.Match[str], width: int = CUE_WINDOW) -> str:
    """What stands after a match on its line, in lower case, at most `width` characters."""
    end = match.end()
    return match.string[end : end + width].partition("\n")[0].lower()
