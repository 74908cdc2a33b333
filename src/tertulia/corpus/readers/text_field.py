"""The field that holds the text of a table's rows, and whether any row has it at all."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from tertulia.errors import DataError

_PATIENCE = 1000
"""Rows without the field, and none with it, after which the setting must be wrong."""


class TextField:
    """Counts rows with and without the field; one for all files that are read together."""

    def __init__(self, name: str, *, strict: bool = False) -> None:
        """`strict` raises at the first row that lacks it."""
        self.name = name
        self._strict = strict
        self._found = False
        self._lacking = 0
        self._first: DataError | None = None

    def found(self) -> None:
        """A row has it."""
        self._found = True

    def lacking(self, names: Sequence[str], where: str, rows: int = 1) -> DataError:
        """The error for `rows` that have `names` instead; raised if it cannot be but a mistake."""
        near = difflib.get_close_matches(self.name, names, n=1, cutoff=0.4) or list(names[:1])
        such_as = f", such as '{near[0]}'" if near else ""
        what = f"a row has no field '{self.name}'"
        error = DataError(
            "corpus.no-text",
            what,
            where=where,
            remedy=f"Name the field that holds the text as `text_field` of the source{such_as}",
        )
        self._first = self._first or error
        self._lacking += rows
        if self._strict or (not self._found and self._lacking >= _PATIENCE):
            raise self._first
        return DataError("corpus.bad-row", what, where=where, remedy=error.remedy)

    def check(self) -> None:
        """Raises DataError `corpus.no-text` if rows were read and none had it."""
        if self._first is not None and not self._found:
            raise self._first
