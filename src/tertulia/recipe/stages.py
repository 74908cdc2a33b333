"""What each stage is told: its part of the recipe, so that its key changes with nothing else."""

from __future__ import annotations

from typing import Literal

from tertulia.recipe.base_spec import keeps_tokenizer
from tertulia.recipe.contamination_spec import ContaminationSpec
from tertulia.recipe.language_spec import LanguageSpec
from tertulia.recipe.personal_data_spec import PersonalDataSpec
from tertulia.recipe.policy_spec import PolicySpec
from tertulia.recipe.schema import (
    AlignSpec,
    CorpusSpec,
    EvaluateSpec,
    ModelSpec,
    PretrainSpec,
    Recipe,
    ReleaseSpec,
)
from tertulia.recipe.section import LanguageTag, Section
from tertulia.recipe.tokenizer_spec import TokenizerSpec

StageName = Literal[
    "documents", "corpus", "tokenizer", "tokens", "pretrain", "align", "evaluate", "release"
]


class StageSpec(Section):
    """What every stage knows."""

    languages: tuple[LanguageTag, ...]
    seed: int


class DocumentsSpec(Section):
    """What of `[corpus]` reading and annotating hang on: no threshold, no mixture."""

    sources: tuple[str, ...]
    max_drop_fraction: float
    language: LanguageSpec
    policy: PolicySpec
    personal_data: PersonalDataSpec
    measure_quality: bool
    contamination: ContaminationSpec


class DocumentsStage(StageSpec):
    documents: DocumentsSpec


class CorpusStage(StageSpec):
    corpus: CorpusSpec


class TokenizerStage(StageSpec):
    tokenizer: TokenizerSpec
    keep: bool = False
    """Whether the base model's tokenizer is kept, and none is trained."""


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
    size: str | None
    """None where a base model gave the shape: the parameters are counted then."""
    release: ReleaseSpec


def stage_spec(recipe: Recipe, stage: StageName) -> StageSpec:
    """The part of `recipe` that `stage` depends on."""
    shared = {"languages": recipe.languages, "seed": recipe.seed}
    match stage:
        case "documents":
            return DocumentsStage(**shared, documents=documents_spec(recipe.corpus))
        case "corpus":
            return CorpusStage(**shared, corpus=recipe.corpus)
        case "tokenizer":
            return TokenizerStage(
                **shared, tokenizer=recipe.tokenizer, keep=keeps_tokenizer(recipe)
            )
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
                **shared,
                name=recipe.name,
                size=None if recipe.model.base else recipe.model.size,
                release=recipe.release,
            )


def documents_spec(corpus: CorpusSpec) -> DocumentsSpec:
    """The part of `corpus` that its documents stage depends on."""
    return DocumentsSpec(
        sources=corpus.sources,
        max_drop_fraction=corpus.max_drop_fraction,
        language=corpus.language,
        policy=corpus.policy,
        personal_data=corpus.personal_data,
        measure_quality=corpus.quality.asks,
        # Bounds decide later; they change nothing that is counted.
        contamination=corpus.contamination.model_copy(update={"max_ngrams": 0, "max_share": 0.0}),
    )
