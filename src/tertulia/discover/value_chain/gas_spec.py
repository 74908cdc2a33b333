"""`[gases]` of a brief: which process gases are used, for what, how much, and what is destroyed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from tertulia.recipe.section import Fraction, Section

GasPurpose = Literal[
    "etch-oxide",
    "etch-silicon",
    "etch-metal",
    "clean-in-situ",
    "clean-remote",
    "clean-thermal",
    "deposition-oxidant",
    "dopant",
]
Metric = Literal["AR6GWP100", "AR5GWP100", "AR4GWP100", "SARGWP100", "AR6GWP20"]
Share = Annotated[
    Annotated[Fraction, Tag("value")] | Annotated[tuple[Fraction, Fraction], Tag("range")],
    # Without it a wrong value is told twice, once for each kind.
    Discriminator(lambda given: "range" if isinstance(given, tuple | list) else "value"),
]
"""A fraction, or the lowest and the highest that it may be."""


class GasUseSpec(Section):
    """`[[gases.uses]]`: one gas in one kind of process."""

    gas: str = Field(min_length=1)
    """Formula or HFC number: `NF3`, `c-C4F8`, `CHF3`, `HFC23`."""
    purpose: GasPurpose
    kg_per_year: Annotated[float, Field(gt=0)]
    utilisation: Share | None = None
    """Part of the gas that reacts in the process. Where absent, 1 − the factor of 40 CFR 98, table
    I-20, for 300 mm wafers; where that has none, everything from none to all of the gas."""
    abatement: Share = 0.0
    """Part of what leaves the process that is destroyed, over all running hours."""
    heel: Fraction = 0.0
    """Part of the gas that goes back with the cylinder; the IPCC's guidelines suggest 0.10."""
    by_products: dict[str, Annotated[float, Field(ge=0)]] | None = None
    """kg of another gas per kg used. Where absent, those of table I-20; `{}` for none."""

    @model_validator(mode="after")
    def _ranges_in_order(self) -> GasUseSpec:
        for name in ("utilisation", "abatement"):
            share = getattr(self, name)
            if isinstance(share, tuple) and share[0] > share[1]:
                raise ValueError(f"{name}: the lowest comes before the highest")
        return self


class GasSpec(Section):
    """`[gases]`: substitution of process gases by their global warming potential."""

    uses: tuple[GasUseSpec, ...]
    metric: Metric = "AR6GWP100"
    """By what tonnes of CO2e are counted and substitutes ranked."""

    @model_validator(mode="after")
    def _something_is_used(self) -> GasSpec:
        # As a bound of the field it would be told beside each mistake in a use.
        if not self.uses:
            raise ValueError("write at least one [[gases.uses]]")
        return self
