"""The three stages of this room: token shards, pretraining, instruction tuning."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.compute.machine import Machine
from tertulia.recipe.schema import PretrainSpec
from tertulia.recipe.sources import Inputs, base_of, sources_of
from tertulia.recipe.stages import AlignStage, PretrainStage, TokensStage
from tertulia.store.draft import Draft
from tertulia.train.ranks import on_all_ranks

if TYPE_CHECKING:
    from tertulia.tokenizer.tokenizer import Tokenizer
    from tertulia.train.conversations import InstructionTuning
    from tertulia.train.data_order import DataOrder
    from tertulia.train.loop import LoopSettings
    from tertulia.train.optimizer import Rates
    from tertulia.train.preference_data import PreferencePair
    from tertulia.train.pretrain import Pretraining

VERSIONS = {"tokens": "1", "pretrain": "2", "align": "2"}


def run_tokens(spec: TokensStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Encodes the corpus' training documents into one shard a language."""
    from tertulia.errors import DataError
    from tertulia.tokenizer.threads import use_threads
    from tertulia.tokenizer.tokenizer import load_tokenizer
    from tertulia.train.token_shards import write_shard

    corpus = _folder(inputs, "corpus")
    tokenizer = load_tokenizer(_folder(inputs, "tokenizer"))
    use_threads(machine.threads)
    for language in spec.languages:
        documents = corpus / "train" / f"{language}.parquet"
        if not documents.exists():
            raise DataError(
                "train.no-text",
                f"there is no training text in {language}",
                where="keys languages, corpus.sources",
                remedy="Add a source in that language or take it out of the recipe's languages",
            )
        out.counts[f"tokens.{language}"] = write_shard(tokenizer, documents, out.path, language)
    out.counts["tokens"] = sum(out.counts.values())
    shutil.copyfile(corpus / "mixture.json", out.path / "mixture.json")


@on_all_ranks("pretrain")
def run_pretrain(spec: PretrainStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Trains a new model, or a base model further, on the token shards."""
    from tertulia.tokenizer.tokenizer import load_tokenizer
    from tertulia.train.base_model import starting_config, starting_model
    from tertulia.train.loop import Loop
    from tertulia.train.lora import adapt, settle
    from tertulia.train.model_artifact import write_model_artifact, write_seen
    from tertulia.train.numerics import numeric_settings
    from tertulia.train.observers.choose import choose_observers
    from tertulia.train.rates import pretrain_rates
    from tertulia.train.replay import with_replay
    from tertulia.train.sharding import whole_model
    from tertulia.train.token_bytes import token_byte_counts
    from tertulia.train.token_shards import read_mixture

    tokenizer = load_tokenizer(_folder(inputs, "tokenizer"))
    base = base_of(inputs)
    config = starting_config(spec.model, base.path if base else None, tokenizer)
    mixture = with_replay(read_mixture(_folder(inputs, "tokens")), spec.pretrain.replay)
    objective = _pretraining(spec, inputs, tokenizer.vocabulary, mixture)
    rates = pretrain_rates(spec.model, spec.pretrain)
    out.facts["derived"] = config.as_dict() | asdict(rates)
    with numeric_settings(machine):
        model = starting_model(config, base.path if base else None, tokenizer, machine, spec.seed)
        adapt(model, spec.pretrain.lora, spec.seed)
        summary = Loop(
            model,
            objective,
            _loop_settings(spec.pretrain, rates),
            machine,
            out.scratch,
            observers=choose_observers(out),
            token_bytes=token_byte_counts(tokenizer.token_bytes),
        ).run("pretrain")
        whole = whole_model(model)
        if whole is None:
            return
        settle(whole, spec.pretrain.lora, out.path, base=spec.model.base or "")
    write_model_artifact(out, whole, _folder(inputs, "tokenizer"), summary, rates, spec.languages)
    write_seen(out.path / "seen.parquet", objective.order)
    past = {
        "schema": 1,
        "context": spec.model.context,
        "rows": objective.order.rows,
        "seed": spec.seed,
        "mixture": mixture,
        "base": {"name": base.name, "licence": base.licence} if base else None,
    }
    (out.path / "order.json").write_text(json.dumps(past), encoding="utf-8")


@on_all_ranks("align")
def run_align(spec: AlignStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Tunes the pretrained model on conversations and preferences; copies it where neither is."""
    from tertulia.model.disk import load_model
    from tertulia.tokenizer.tokenizer import load_tokenizer
    from tertulia.train import alignment
    from tertulia.train.lora import adapt, settle
    from tertulia.train.model_artifact import read_rates, write_model_artifact, write_origins
    from tertulia.train.numerics import numeric_settings
    from tertulia.train.rates import align_rates, preference_rates
    from tertulia.train.sharding import whole_model
    from tertulia.train.unaligned import copy_base

    base, preference, lora = _folder(inputs, "pretrain"), spec.align.preference, spec.align.lora
    if spec.align.method == "none" and preference is None:
        copy_base(base, out.path)
        write_origins(out.path / "conversations.json", Counter())
        return
    tokenizer = load_tokenizer(_folder(inputs, "tokenizer"))
    context = json.loads((base / "order.json").read_text(encoding="utf-8"))["context"]
    pretrained = read_rates(base)
    rates = align_rates(spec.align, pretrained)
    out.facts["derived"] = asdict(rates)
    origins: Counter[tuple[str, str]] = Counter()
    pairs = _preference_pairs(inputs, tokenizer, context, out, origins) if preference else []
    begun = alignment.preference_begun(out, pairs, preference)
    with numeric_settings(machine):
        model = adapt(load_model(base, device=machine.device), lora, spec.seed)
        if spec.align.method == "sft":
            objective = _instruction_tuning(spec, inputs, tokenizer, out, origins)
            summary = alignment.instruct(model, objective, rates, machine, out, over=begun)
        if preference is not None:
            preferred = alignment.prefer(
                model,
                pairs,
                preference,
                preference_rates(preference, pretrained, adapters=lora is not None),
                machine,
                out,
                context=context,
                seed=spec.seed,
                begun=begun,
            )
            # Its loss is not in nats a token: it stays out of the curve of the model's loss.
            summary = summary if spec.align.method == "sft" else replace(preferred, log=[])
        whole = whole_model(model)
        if whole is None:
            return
        settled = settle(whole, lora, out.path, base="")
    write_model_artifact(out, settled, _folder(inputs, "tokenizer"), summary, rates, spec.languages)
    write_origins(out.path / "conversations.json", origins)


def _pretraining(
    spec: PretrainStage, inputs: Inputs, vocabulary: int, mixture: Mapping[str, float]
) -> Pretraining:
    from tertulia.train.pretrain import Pretraining

    rows = _rows(spec.pretrain.batch_tokens, spec.model.context)
    steps = spec.pretrain.tokens // spec.pretrain.batch_tokens
    assert steps > 0, "a recipe of less than a batch is refused when it is read"
    tokens = _folder(inputs, "tokens")
    order = _order(spec, tokens, vocabulary, spec.model.context, steps * rows, mixture=mixture)
    return Pretraining(order, rows)


def _loop_settings(spec: PretrainSpec, rates: Rates) -> LoopSettings:
    from tertulia.train.loop import LoopSettings

    return LoopSettings(
        rates=rates,
        warmup_fraction=spec.warmup_fraction,
        decay_fraction=spec.decay_fraction,
        clip_norm=spec.clip_norm,
        spike_factor=spec.spike_factor,
        checkpoint_tokens=spec.checkpoint_tokens,
    )


def _instruction_tuning(
    spec: AlignStage,
    inputs: Inputs,
    tokenizer: Tokenizer,
    out: Draft,
    origins: Counter[tuple[str, str]],
) -> InstructionTuning:
    from tertulia.train.conversations import InstructionTuning, read_conversations

    past = json.loads((_folder(inputs, "pretrain") / "order.json").read_text(encoding="utf-8"))
    found = read_conversations(sources_of(inputs, "instructions"), tokenizer, past["context"])
    out.drops |= found.drops
    out.counts["conversations"] = len(found.kept)
    origins += found.origins
    replay = _order(
        spec,
        _folder(inputs, "tokens"),
        tokenizer.vocabulary,
        past["context"],
        past["rows"],
        seed=past["seed"],
        mixture=past["mixture"],
    )
    return InstructionTuning(
        found.kept,
        replay,
        batch_rows=_rows(spec.align.batch_tokens, past["context"]),
        replay_fraction=spec.align.replay_fraction,
        epochs=spec.align.epochs,
        seed=spec.seed,
    )


def _preference_pairs(
    inputs: Inputs,
    tokenizer: Tokenizer,
    context: int,
    out: Draft,
    origins: Counter[tuple[str, str]],
) -> list[PreferencePair]:
    from tertulia.train.preference_data import read_preferences

    found = read_preferences(sources_of(inputs, "preferences"), tokenizer, context)
    out.drops |= found.drops
    out.counts["preference_pairs"] = len(found.kept)
    origins += found.origins
    return found.kept


def _rows(batch_tokens: int, context: int) -> int:
    assert batch_tokens % context == 0, "a recipe that does not divide is refused when it is read"
    return batch_tokens // context


def _folder(inputs: Inputs, name: str) -> Path:
    folder = inputs[name]
    assert isinstance(folder, Path), "only sources are not folders"
    return folder


def _order(
    spec: PretrainStage | AlignStage,
    tokens: Path,
    vocabulary: int,
    context: int,
    rows: int,
    *,
    mixture: Mapping[str, float],
    seed: int | None = None,
) -> DataOrder:
    from tertulia.train.data_order import DataOrder
    from tertulia.train.token_shards import open_shards

    # A language that is measured and not trained on has no rows.
    languages = [tag for tag in spec.languages if mixture[tag] > 0]
    return DataOrder(
        open_shards(tokens, languages, vocabulary),
        mixture,
        context=context,
        rows=rows,
        seed=spec.seed if seed is None else seed,
    )
