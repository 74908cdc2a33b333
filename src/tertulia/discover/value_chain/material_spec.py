"""`[materials]` of a brief: a bill of materials."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from tertulia.recipe.section import Section

_Amount = Annotated[float, Field(gt=0)]


class MaterialLineSpec(Section):
    """`[[materials.lines]]`: one element or material."""

    name: str = Field(min_length=1)
    """An element by name or symbol, or a material that the European Commission assesses."""
    mass: _Amount | None = None
    """In any unit that all lines share."""
    value: _Amount | None = None
    """In any currency that all lines share."""
    unassessed: bool = False
    """True for what no assessment covers, such as a polymer: it counts as unknown."""


class MaterialSpec(Section):
    """`[materials]`: how far a bill of materials hangs on critical raw materials."""

    lines: tuple[MaterialLineSpec, ...]

    @model_validator(mode="after")
    def _weighed_alike(self) -> MaterialSpec:
        # As a bound of the field it would be told beside each mistake in a line.
        if not self.lines:
            raise ValueError("write at least one [[materials.lines]]")
        masses = [line.mass is not None for line in self.lines]
        values = [line.value is not None for line in self.lines]
        if any(masses) != all(masses) or any(values) != all(values):
            raise ValueError("give a mass, or a value, of every line or of none")
        if not masses[0] and not values[0]:
            raise ValueError("the lines need masses or values")
        return self
