"""`[solvents]` of a brief: which solvent is to be replaced, and what may replace it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tertulia.recipe.section import Section

SolventList = Literal["cmr-1", "cmr-2", "candidate-list", "ozone", "not-liquid", "doubtful"]
_Delta = Annotated[float, Field(ge=0, le=60)]


class SoluteSpec(Section):
    """`[solvents.solute]`: the sphere of what has to be dissolved."""

    delta_d: _Delta
    """MPa^0.5, dispersion."""
    delta_p: _Delta
    """MPa^0.5, polarity."""
    delta_h: _Delta
    """MPa^0.5, hydrogen bonds."""
    radius: Annotated[float, Field(gt=0, le=60)]
    """R0 in MPa^0.5: what is nearer dissolves it."""


class SolventSpec(Section):
    """`[solvents]`: replacement of a solvent by Hansen distance."""

    replace: str = Field(min_length=1)
    """Name, abbreviation (`NMP`) or InChIKey."""
    solute: SoluteSpec | None = None
    exclude: tuple[SolventList, ...] = (
        "cmr-1",
        "cmr-2",
        "candidate-list",
        "ozone",
        "not-liquid",
        "doubtful",
    )
    """Lists whose solvents may not replace it; see shipped/materials/solvents/facts.toml."""
    without: tuple[str, ...] = ()
    """Further solvents that may not."""
    candidates: tuple[str, ...] = ()
    """Only these may, where there are any."""
    molar_volume: tuple[float, float] | None = None
    """Lowest and highest cm³/mol that a replacement may have."""
    rank_by: Literal["distance", "red"] = "distance"
    """`distance`: likeness to the solvent replaced; `red`: relative distance to the solute."""
    count: Annotated[int, Field(ge=1, le=200)] = 10
    """How many solvents are shown, and how many mixtures."""
    mixtures: bool = True
    """Whether mixtures of two are tried."""
    step: Annotated[float, Field(ge=0.01, le=0.5)] = 0.05
    """Grid of volume fractions of a mixture."""

    @model_validator(mode="after")
    def _can_be_asked(self) -> SolventSpec:
        if self.rank_by == "red" and self.solute is None:
            raise ValueError("rank_by: a RED needs a solute")
        if self.molar_volume is not None and self.molar_volume[0] > self.molar_volume[1]:
            raise ValueError("molar_volume: the lowest comes before the highest")
        return self
