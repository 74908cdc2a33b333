"""Continuing a model that exists: whose tokenizer, and what is read against forgetting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from tertulia.errors import RecipeError
from tertulia.recipe.locate import KeyPath
from tertulia.recipe.section import LanguageTag, Section

if TYPE_CHECKING:
    from tertulia.recipe.schema import Recipe
    from tertulia.recipe.toml_file import TomlFile

_SHAPE = ("size", "width", "depth", "heads", "kv_heads", "hidden", "tied")


class ReplaySpec(Section):
    """Text of what the base model knew already, read beside the rest."""

    languages: tuple[LanguageTag, ...] = Field(default=("en",), min_length=1)
    fraction: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.25
    """Their share of the training tokens; 0 trains on none of it and still measures it."""


def keeps_tokenizer(recipe: Recipe) -> bool:
    """Whether the model keeps the tokenizer of its base."""
    asked = "vocabulary" in recipe.tokenizer.model_fields_set
    return recipe.model.base is not None and not asked and recipe.tokenizer.from_ != "corpus"


def check_base(recipe: Recipe, file: TomlFile) -> None:
    """Raises RecipeError where a key contradicts `model.base` or needs it."""
    if recipe.model.base is None:
        _check_no_base(recipe, file)
        return
    for key in _SHAPE:
        if key in recipe.model.model_fields_set:
            raise _contradiction(
                f"`model.{key}` is set, and the base model has a shape of its own",
                ("model", key),
                file,
                f"Take `model.{key}` out, or `model.base`",
            )
    if recipe.tokenizer.from_ == "base" and "vocabulary" in recipe.tokenizer.model_fields_set:
        raise _contradiction(
            "`tokenizer.vocabulary` is set, and the tokenizer is the base model's",
            ("tokenizer", "vocabulary"),
            file,
            'Take out `tokenizer.vocabulary` or `tokenizer.from = "base"`',
        )
    replay = recipe.pretrain.replay
    missing = [tag for tag in replay.languages if tag not in recipe.languages] if replay else []
    if missing:
        raise _contradiction(
            f'"{missing[0]}" is replayed and is not among `languages`',
            ("pretrain", "replay", "languages"),
            file,
            f'Add "{missing[0]}" to `languages`, and a source that holds text in it',
        )
    if replay and set(replay.languages) >= set(recipe.languages):
        raise _contradiction(
            "every language is replayed, and none is left to be learnt",
            ("pretrain", "replay", "languages"),
            file,
            "Name under `replay` only what the base model knows already",
        )


def _check_no_base(recipe: Recipe, file: TomlFile) -> None:
    for asked, key in (
        (recipe.tokenizer.from_ == "base", ("tokenizer", "from")),
        (recipe.pretrain.replay is not None, ("pretrain", "replay")),
    ):
        if asked:
            raise _contradiction(
                f"`{'.'.join(key)}` needs a base model, and the recipe names none",
                key,
                file,
                'Name one, `base = "NAME"` under `[model]`, or take the key out',
            )


def _contradiction(what: str, key: KeyPath, file: TomlFile, remedy: str) -> RecipeError:
    return RecipeError("recipe.base-contradicts", what, where=file.where(key), remedy=remedy)
