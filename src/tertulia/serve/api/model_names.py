"""What a request means by `model`: an engine, or an engine that answers out of a collection."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.inference.text_engine import TextEngine
from tertulia.serve.api.errors import ApiError, not_found
from tertulia.serve.api.services import Services
from tertulia.serve.database.records import Collection, Reader

JOINT = "+"
"""Between a model's name and a collection's."""


@dataclass(frozen=True)
class Target:
    """The engine that was asked, its name, and the collections named with it."""

    name: str
    engine: TextEngine
    collections: tuple[str, ...] = ()


def find_target(services: Services, model: str) -> Target:
    """Raises ApiError 404 `model_not_found`, naming the models there are."""
    if model in services.engines:
        return Target(model, services.engines[model])
    # The longest name first: names may hold a plus sign themselves.
    for name in sorted(services.engines, key=len, reverse=True):
        if model.startswith(name + JOINT):
            return Target(name, services.engines[name], (model[len(name) + 1 :],))
    raise unknown_model(services, model)


def unknown_model(services: Services, model: str) -> ApiError:
    """The refusal of a model that this server has not."""
    names = ", ".join(sorted([*services.engines, *services.embedders]))
    return ApiError(
        404,
        f"No such model: '{model[:200]}'. There are: {names or 'none'}",
        param="model",
        code="model_not_found",
    )


def find_collections(
    services: Services, wanted: tuple[str, ...], reader: Reader
) -> list[Collection]:
    """The collections of these ids or names that the reader sees; ApiError 404 for any other.

    Of several that share a name the reader's own is meant, then the oldest: nobody's is hidden by
    what another shares under its name.
    """
    found = []
    for name in wanted:
        by_id = services.database.collection(name, reader) if stored_text(name) else None
        one = by_id or _named(services, name, reader)
        if one is None:
            raise not_found("collection", name)
        found.append(one)
    return found


def _named(services: Services, name: str, reader: Reader) -> Collection | None:
    same = [one for one in services.database.collections(reader) if one.name == name]
    return min(same, key=lambda one: (one.owner != reader.user, one.created, one.id), default=None)


def stored_text(text: str) -> bool:
    """Whether a database can hold it: PostgreSQL takes no NUL, none takes half a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
