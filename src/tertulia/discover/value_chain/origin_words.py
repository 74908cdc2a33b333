"""Where figures come from, in words: attribution, licence and the beginning of a digest."""

from __future__ import annotations

from tertulia.discover.value_chain.shipped_tables import Origin
from tertulia.messages import tr


def origin_note(origin: Origin) -> str:
    """The attribution that the licence asks for; names and licences stay as they are written."""
    return tr(
        "Data: {attribution}. Licence: {licence}.",
        attribution=origin.attribution.rstrip("."),
        licence=origin.licence,
    )


def facts_note(facts: tuple[str, str]) -> str:
    """Which file of facts was read, and its digest."""
    path, digest = facts
    return tr("Facts by hand: {path}, SHA-256 {digest}…", path=path, digest=digest[:12])
