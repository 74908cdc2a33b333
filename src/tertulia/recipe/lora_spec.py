"""`[pretrain.lora]` and `[align.lora]`: train small matrices beside frozen ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from tertulia.errors import RecipeError
from tertulia.recipe.base_spec import keeps_tokenizer
from tertulia.recipe.section import Section

if TYPE_CHECKING:
    from tertulia.recipe.schema import Recipe
    from tertulia.recipe.toml_file import TomlFile

LoraTarget = Literal["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
"""The matrices of a block, by their published names."""

LORA_TARGETS: tuple[LoraTarget, ...] = (
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "gate_proj",
    "up_proj",
    "down_proj",
)


class LoraSpec(Section):
    """Low-rank adaptation (Hu et al. 2021): each matrix W becomes W + (alpha / rank) B A."""

    rank: int = Field(default=16, ge=1)
    """Rows of A, columns of B."""
    alpha: float = Field(default=32.0, gt=0)
    """The adapter's product is scaled by alpha / rank."""
    dropout: Literal[0] = 0
    """Training is reproducible to the bit: nothing is dropped at random."""
    targets: tuple[LoraTarget, ...] = Field(default=LORA_TARGETS, min_length=1)
    """Which matrices of every block get an adapter."""

    @field_validator("targets")
    @classmethod
    def _none_twice(cls, value: tuple[LoraTarget, ...]) -> tuple[LoraTarget, ...]:
        if len(set(value)) != len(value):
            raise ValueError("a matrix is named twice")
        return value


def check_lora(recipe: Recipe, file: TomlFile) -> None:
    """Raises RecipeError where adapters would be all that is learnt, or would learn nothing."""
    if recipe.pretrain.lora is not None and recipe.model.base is None:
        raise RecipeError(
            "recipe.lora-useless",
            "`pretrain.lora` freezes all matrices, and without `model.base` they hold noise",
            where=file.where(("pretrain", "lora")),
            remedy="Name a model under `[model] base`, or take `[pretrain.lora]` out",
        )
    if recipe.pretrain.lora is not None and not keeps_tokenizer(recipe):
        raise RecipeError(
            "recipe.lora-useless",
            "`pretrain.lora` freezes the embeddings, and a new tokenizer's have to be learnt",
            where=file.where(("pretrain", "lora")),
            remedy="Keep the base model's tokenizer, or take `[pretrain.lora]` out",
        )
    align = recipe.align
    if align.lora is not None and align.method == "none" and align.preference is None:
        raise RecipeError(
            "recipe.lora-useless",
            '`align.lora` has nothing to learn: `align.method` is "none" and no preference is set',
            where=file.where(("align", "lora")),
            remedy="Take `[align.lora]` out, or choose a method",
        )
