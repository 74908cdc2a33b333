"""What a recipe says about personal data: which kinds give way to placeholders."""

from __future__ import annotations

from typing import Literal, get_args

from tertulia.recipe.section import Section

PersonalDataKind = Literal[
    "dni",
    "nie",
    "cif",
    "nss",
    "iban",
    "card",
    "cadastral-reference",
    "plate",
    "phone",
    "email",
    "postal-address",
]


class PersonalDataSpec(Section):
    """`[corpus.personal_data]`: what is replaced by placeholders such as `[DNI]`."""

    replace: tuple[PersonalDataKind, ...] = get_args(PersonalDataKind)
    """Kinds that are replaced; none turns the step off."""

    names: bool = False
    """Whether names announced by titles and signatures in official texts are replaced too."""
