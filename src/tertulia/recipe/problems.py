"""What pydantic finds wrong with a file, told to the person who wrote it."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tertulia.errors import RecipeError
from tertulia.recipe.locate import KeyPath
from tertulia.recipe.toml_file import TomlFile, dotted

ModelT = TypeVar("ModelT", bound=BaseModel)

_TYPES = {
    "bool_type": "true or false, without quotes",
    "dict_type": "a table",
    "float_type": "a number, such as 0.5",
    "int_type": "a whole number, such as 8192",
    "model_type": "a table",
    "string_type": 'text in quotes, such as "es"',
    "tuple_type": 'a list in brackets, such as ["es", "eu"]',
}
_LIMITS = {
    "finite_number": "a finite number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "one of {expected}",
    "string_pattern_mismatch": "text of the form {pattern}",
    "too_short": "at least {min_length} long",
}


def validated(model: type[ModelT], file: TomlFile) -> ModelT:
    """The values of `file` as a `model`, strictly: `"8"` is no number and `true` is no 1.

    Raises RecipeError `recipe.unknown-key`, `recipe.missing-key`, `recipe.wrong-type` or
    `recipe.wrong-value` for the first problem, naming the others.
    """
    try:
        return model.model_validate(_with_tuples(file.data), strict=True)
    except ValidationError as error:
        details = sorted(error.errors(), key=lambda detail: _order(detail, file))
    first, *others = (_explain(detail, model, file) for detail in details)
    if others:
        more = "; ".join(f"{other.what} ({other.where})" for other in others)
        first = RecipeError(
            first.code,
            first.what,
            where=first.where,
            remedy=f"{first.remedy}. Also wrong: {more}",
        )
    raise first


def _with_tuples(value: Any) -> Any:
    """TOML's lists as tuples, which strict validation asks for."""
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    return value


def _order(detail: ErrorDetails, file: TomlFile) -> tuple[bool, int]:
    """Unknown keys first: a misspelt key is often why another one is missing."""
    key = _key(detail, file)
    return detail["type"] != "extra_forbidden", file.lines.get(key, len(file.text))


def _key(detail: ErrorDetails, file: TomlFile) -> KeyPath:
    """Where it is in the file: of a value that may be of several kinds, the kind is no key."""
    key: list[str | int] = []
    value: Any = file.data
    for place in detail["loc"]:
        if isinstance(value, dict) and place in value:
            value = value[str(place)]
        elif isinstance(value, list) and isinstance(place, int):
            value = value[place]
        elif not (detail["type"] == "missing" and place == detail["loc"][-1]):
            continue
        key.append(place)
    return tuple(key)


def _explain(detail: ErrorDetails, model: type[BaseModel], file: TomlFile) -> RecipeError:
    key = _key(detail, file)
    kind = detail["type"]
    name = dotted(key)
    if kind == "extra_forbidden":
        return RecipeError(
            "recipe.unknown-key",
            f"there is no key `{name}`",
            where=file.where(key),
            remedy=_nearest(key, model),
        )
    if kind == "missing":
        return RecipeError(
            "recipe.missing-key",
            f"the key `{name}` is missing",
            where=file.where(key),
            remedy=f"Add `{key[-1]}` to {_table(key)}",
        )
    written = _shown(detail["input"])
    if kind in _TYPES:
        return RecipeError(
            "recipe.wrong-type",
            f"`{name}` is {written}, which is the wrong type",
            where=file.where(key),
            remedy=f"Expected {_TYPES[kind]}",
        )
    if kind == "value_error":
        return RecipeError(
            "recipe.wrong-value",
            f"`{name}` is {written}: {detail['ctx']['error']}",
            where=file.where(key),
            remedy="Correct the value",
        )
    return RecipeError(
        "recipe.wrong-value",
        f"`{name}` is {written}, which is not possible",
        where=file.where(key),
        remedy=_limit(detail),
    )


def _limit(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] not in _LIMITS:
        return _sentence(detail["msg"])
    return "Expected " + _LIMITS[detail["type"]].format(**context) + _near_literal(detail)


def _near_literal(detail: ErrorDetails) -> str:
    """The nearest word, for a misspelt one out of a short list."""
    if detail["type"] != "literal_error" or not isinstance(detail["input"], str):
        return ""
    words = detail.get("ctx", {})["expected"].replace(" or ", ", ").split(", ")
    near = difflib.get_close_matches(f"'{detail['input']}'", words, n=1)
    return f"; the nearest is {near[0]}" if near else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(value: Any) -> str:
    """A value as its author would write it in TOML, cut short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, tuple):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _table(key: KeyPath) -> str:
    return f"[{dotted(key[:-1])}]" if len(key) > 1 else "the top of the file"


def _nearest(key: KeyPath, model: type[BaseModel]) -> str:
    """Keys that the author may have meant: alike ones beside it, else the same one elsewhere."""
    here = _keys_at(model, key[:-1])
    wrong = str(key[-1])
    near = difflib.get_close_matches(wrong, here, n=3, cutoff=0.6)
    near += [path for path in _all_keys(model) if path.rpartition(".")[2] == wrong]
    if near:
        return "The nearest valid key is " + " or ".join(f"`{name}`" for name in near)
    if not here:
        return "Take it out"
    return f"Keys of {_table(key)}: " + ", ".join(sorted(here))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {
        info.alias or name: info.annotation
        for name, info in model.model_fields.items()
        if not info.exclude
    }


def _keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Keys that the table at `path` may hold."""
    kind: Any = model
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = _fields(kind).get(str(part))
        else:
            arguments = typing.get_args(kind)
            kind = arguments[-1] if arguments else None
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return list(_fields(kind))
    return []


def _all_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, kind in _fields(model).items():
        yield prefix + name
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _all_keys(kind, f"{prefix}{name}.")
