"""What every table of a recipe is made of: a strict section, counts with units, fractions, tags."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


def parse_count(value: object) -> object:
    """Turns `"1.5M"` into 1500000 and leaves what is not such a string to pydantic."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kKmMbBtT]?)\s*", value)
    if match is None:
        raise ValueError('expected a whole number, or one with a unit such as "1.5M"')
    count = Decimal(match[1]) * _UNITS[match[2].lower()]
    if count != int(count):
        raise ValueError(f"expected a whole number; {value!r} is {count.normalize():f}")
    return int(count)


_WITH_UNIT = {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[kKmMbBtT]?\s*$"}
Count = Annotated[
    int,
    BeforeValidator(parse_count),
    Field(ge=0),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, _WITH_UNIT]}),
]
PositiveCount = Annotated[
    int,
    BeforeValidator(parse_count),
    Field(gt=0),
    WithJsonSchema({"anyOf": [{"type": "integer", "exclusiveMinimum": 0}, _WITH_UNIT]}),
]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
LanguageTag = Literal["es", "ca", "ca-valencia", "eu", "gl", "en"]
"""The five of the project, and English, which a continued model keeps."""


class Section(BaseModel):
    """A table of the recipe: no unknown keys, no changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
