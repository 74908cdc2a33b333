"""`[corpus.policy]`: which licences, whose objections, whose reserved rights."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tertulia.recipe.section import Section

LicencePattern = Annotated[str, Field(min_length=1, pattern=r"^[A-Za-z0-9.+*?-]+$")]


class PolicySpec(Section):
    """What a document's licence and its author's wishes decide."""

    licences: tuple[LicencePattern, ...] = ()
    """SPDX identifiers or patterns such as "CC-BY-*"; none means any licence that is known."""
    allow_unknown: bool = False
    """Whether documents stay that state no licence, or one that is no SPDX expression."""
    opt_out: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Lists of what must not be used (ids, addresses, domains), named as sources are."""
    honour_reservations: bool = True
    """Whether documents whose rights are reserved against mining are left out (EU 2019/790, 4)."""
