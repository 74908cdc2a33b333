"""What each stage is told: its part of the recipe, so that its key changes with nothing else."""

from __future__ import annotations

from typing import Literal

from tertulia.recipe.schema import (
    AlignSpec,
    CorpusSpec,
    EvaluateSpec,
    ModelSpec,
    PretrainSpec,
    Recipe,
    ReleaseSpec,
    TokenizerSpec,
)
from tertulia.recipe.section import LanguageTag, Section

StageName = Literal["corpus", "tokenizer", "tokens", "pretrain", "align", "evaluate", "release"]


class StageSpec(Section):
    """What every stage knows."""

    languages: tuple[LanguageTag, ...]
    seed: int


class CorpusStage(StageSpec):
    corpus: CorpusSpec


class TokenizerStage(StageSpec):
    tokenizer: TokenizerSpec


class TokensStage(StageSpec):
    """Encodes the corpus into token shards; it has no settings of its own."""


class PretrainStage(StageSpec):
    model: ModelSpec
    pretrain: PretrainSpec


class AlignStage(StageSpec):
    align: AlignSpec


class EvaluateStage(StageSpec):
    evaluate: EvaluateSpec


class ReleaseStage(StageSpec):
    name: str
    size: str
    release: ReleaseSpec


def stage_spec(recipe: Recipe, stage: StageName) -> StageSpec:
    """The part of `recipe` that `stage` depends on."""
    shared = {"languages": recipe.languages, "seed": recipe.seed}
    match stage:
        case "corpus":
            return CorpusStage(**shared, corpus=recipe.corpus)
        case "tokenizer":
            return TokenizerStage(**shared, tokenizer=recipe.tokenizer)
        case "tokens":
            return TokensStage(**shared)
        case "pretrain":
            return PretrainStage(**shared, model=recipe.model, pretrain=recipe.pretrain)
        case "align":
            return AlignStage(**shared, align=recipe.align)
        case "evaluate":
            return EvaluateStage(**shared, evaluate=recipe.evaluate)
        case "release":
            return ReleaseStage(
                **shared, name=recipe.name, size=recipe.model.size, release=recipe.release
            )
