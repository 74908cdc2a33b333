"""The three stages of this room: token shards, pretraining, instruction tuning."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.compute.machine import Machine
from tertulia.recipe.sources import Inputs
from tertulia.recipe.stages import AlignStage, PretrainStage, TokensStage
from tertulia.store.draft import Draft

if TYPE_CHECKING:
    from tertulia.train.data_order import DataOrder

VERSIONS = {"tokens": "1", "pretrain": "1", "align": "1"}


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


def run_pretrain(spec: PretrainStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Trains a new model on the token shards."""
    from tertulia.model.config import config_from_spec
    from tertulia.tokenizer.tokenizer import load_tokenizer
    from tertulia.train.initialise import initialise
    from tertulia.train.loop import Loop, LoopSettings
    from tertulia.train.model_artifact import write_model_artifact, write_seen
    from tertulia.train.numerics import empty_model, numeric_settings
    from tertulia.train.pretrain import Pretraining
    from tertulia.train.rates import pretrain_rates

    tokenizer = load_tokenizer(_folder(inputs, "tokenizer"))
    config = config_from_spec(spec.model, tokenizer.vocabulary)
    rows = _rows(spec.pretrain.batch_tokens, config.context)
    steps = spec.pretrain.tokens // spec.pretrain.batch_tokens
    assert steps > 0, "a recipe of less than a batch is refused when it is read"
    order = _order(
        spec, _folder(inputs, "tokens"), tokenizer.vocabulary, config.context, steps * rows
    )
    rates = pretrain_rates(spec.model, spec.pretrain)
    settings = LoopSettings(
        rates=rates,
        warmup_fraction=spec.pretrain.warmup_fraction,
        decay_fraction=spec.pretrain.decay_fraction,
        clip_norm=spec.pretrain.clip_norm,
        spike_factor=spec.pretrain.spike_factor,
        checkpoint_tokens=spec.pretrain.checkpoint_tokens,
    )
    out.facts["derived"] = config.as_dict() | asdict(rates)
    with numeric_settings(machine):
        model = empty_model(config, machine)
        initialise(model, spec.seed)
        summary = Loop(model, Pretraining(order, rows), settings, machine, out.scratch).run(
            "pretrain"
        )
    write_model_artifact(out, model, _folder(inputs, "tokenizer"), summary, rates, spec.languages)
    write_seen(out.path / "seen.parquet", order)
    (out.path / "order.json").write_text(
        json.dumps({"schema": 1, "context": config.context, "rows": order.rows, "seed": spec.seed}),
        encoding="utf-8",
    )


def run_align(spec: AlignStage, inputs: Inputs, out: Draft, machine: Machine) -> None:
    """Tunes the pretrained model on conversations, replaying what it was pretrained on."""
    from tertulia.model.disk import load_model
    from tertulia.tokenizer.tokenizer import load_tokenizer
    from tertulia.train.conversations import InstructionTuning, read_conversations
    from tertulia.train.loop import Loop, LoopSettings
    from tertulia.train.model_artifact import read_rates, write_model_artifact, write_origins
    from tertulia.train.numerics import numeric_settings
    from tertulia.train.rates import align_rates

    base = _folder(inputs, "pretrain")
    tokenizer = load_tokenizer(_folder(inputs, "tokenizer"))
    past = json.loads((base / "order.json").read_text(encoding="utf-8"))
    sources = [source for source in inputs.values() if not isinstance(source, Path)]
    found = read_conversations(sources, tokenizer, past["context"])
    out.drops |= found.drops
    out.counts["conversations"] = len(found.kept)
    replay = _order(
        spec,
        _folder(inputs, "tokens"),
        tokenizer.vocabulary,
        past["context"],
        past["rows"],
        seed=past["seed"],
    )
    objective = InstructionTuning(
        found.kept,
        replay,
        batch_rows=_rows(spec.align.batch_tokens, past["context"]),
        replay_fraction=spec.align.replay_fraction,
        epochs=spec.align.epochs,
        seed=spec.seed,
    )
    rates = align_rates(spec.align, read_rates(base))
    settings = LoopSettings(rates=rates, warmup_fraction=0.05, decay_fraction=0.95)
    out.facts["derived"] = asdict(rates)
    with numeric_settings(machine):
        model = load_model(base, device=machine.device)
        summary = Loop(model, objective, settings, machine, out.scratch).run("align")
    write_model_artifact(out, model, _folder(inputs, "tokenizer"), summary, rates, spec.languages)
    write_origins(out.path / "conversations.json", found.origins)


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
    seed: int | None = None,
) -> DataOrder:
    from tertulia.train.data_order import DataOrder
    from tertulia.train.token_shards import open_shards, read_mixture

    shards = open_shards(tokens, spec.languages, vocabulary)
    return DataOrder(
        shards,
        read_mixture(tokens),
        context=context,
        rows=rows,
        seed=spec.seed if seed is None else seed,
    )
