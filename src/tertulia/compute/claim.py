"""A fact about a machine and what it rests on: a measurement, a publication, or a guess."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from tertulia.recipe.section import Section

Ground = Literal["measured", "published", "assumed"]

_GROUNDS: tuple[Ground, ...] = ("measured", "published", "assumed")
_BASIS = re.compile(r"assumed|(?:measured|published):\s*\S.*")


class Claim(Section):
    """A number, or the two between which it lies, with its basis.

    `basis` is `assumed`, `measured:WHEN AND WHERE` or `published:SOURCE`. In a file a bare number
    is an assumed one.
    """

    value: float | None = Field(default=None, gt=0)
    low: float | None = Field(default=None, gt=0)
    high: float | None = Field(default=None, gt=0)
    basis: str

    @model_validator(mode="before")
    @classmethod
    def _bare_number(cls, written: Any) -> Any:
        if type(written) in (int, float):
            return {"value": written, "basis": "assumed"}
        return written

    @field_validator("basis")
    @classmethod
    def _known_basis(cls, basis: str) -> str:
        if _BASIS.fullmatch(basis) is None:
            raise ValueError(
                'expected "assumed", "measured:WHEN AND WHERE" or "published:SOURCE"',
            )
        return basis

    @model_validator(mode="after")
    def _one_number_or_two(self) -> Claim:
        if (self.value is None) == (self.low is None or self.high is None):
            raise ValueError("expected either `value`, or both `low` and `high`")
        if self.value is not None and (self.low is not None or self.high is not None):
            raise ValueError("expected either `value`, or both `low` and `high`")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("`low` is above `high`")
        return self

    @property
    def least(self) -> float:
        """The value, or the lower end."""
        number = self.low if self.value is None else self.value
        assert number is not None, "checked when it was read"
        return number

    @property
    def most(self) -> float:
        """The value, or the upper end."""
        number = self.high if self.value is None else self.value
        assert number is not None, "checked when it was read"
        return number

    @property
    def middle(self) -> float:
        """Half way between the ends."""
        return (self.least + self.most) / 2

    @property
    def ground(self) -> Ground:
        """The kind of basis: its first word."""
        return next(ground for ground in _GROUNDS if self.basis.startswith(ground))
