"""Briefs that screen tables of the value chain instead of searching for molecules."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tertulia.discover.value_chain.gas_spec import GasSpec
from tertulia.discover.value_chain.material_spec import MaterialSpec
from tertulia.discover.value_chain.solvent_spec import SolventSpec
from tertulia.recipe.section import Section


class ScreenBrief(Section):
    """A brief of kind `screen`: one or more of the three tables of the value chain."""

    kind: Literal["screen"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    """Name of the folder below `runs/`."""
    gases: GasSpec | None = None
    materials: MaterialSpec | None = None
    solvents: SolventSpec | None = None

    @model_validator(mode="after")
    def _something_is_screened(self) -> ScreenBrief:
        if self.gases is None and self.materials is None and self.solvents is None:
            raise ValueError("nothing to screen: write [gases], [materials] or [solvents]")
        return self
