"""Where training begins: a new model, or a base model that exists, with its vocabulary or another.

Shapes: V vocabulary, D width.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch

from tertulia.compute.machine import Machine
from tertulia.errors import ModelError, TrainingError
from tertulia.model.config import ModelConfig, config_from_spec
from tertulia.model.disk import load_model, read_config
from tertulia.model.transformer import Transformer
from tertulia.recipe.schema import ModelSpec
from tertulia.tokenizer.foreign import open_tokenizer_of
from tertulia.tokenizer.special import BOS, EOS, IM_END, IM_START, PAD, SPECIAL_TOKENS
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.transplant import transplant
from tertulia.train.initialise import initialise
from tertulia.train.sharding import new_model


def starting_config(spec: ModelSpec, base: Path | None, tokenizer: Tokenizer) -> ModelConfig:
    """The shape that training begins with; its `context` is what the model can read, not `spec`'s.

    Raises ModelError for a base that cannot be read or does not hold the tokenizer's ids, and
    TrainingError `train.context-too-long`.
    """
    if base is None:
        return config_from_spec(spec, tokenizer.vocabulary)
    config = read_config(base)
    if spec.context > config.context:
        raise TrainingError(
            "train.context-too-long",
            f"`model.context` is {spec.context}, and the base model reads {config.context} tokens",
            where="key model.context",
            remedy=f"Ask for at most {config.context}",
        )
    if _same_tokenizer(base, tokenizer):
        if tokenizer.vocabulary > config.vocabulary:
            raise ModelError(
                "model.too-few-rows",
                f"the base model has {config.vocabulary} rows for a tokenizer of "
                f"{tokenizer.vocabulary} ids",
                where=str(base),
                remedy="Take the tokenizer that the model was trained with",
            )
        return config
    return dataclasses.replace(config, vocabulary=tokenizer.vocabulary)


def starting_model(
    config: ModelConfig, base: Path | None, tokenizer: Tokenizer, machine: Machine, seed: int
) -> Transformer:
    """The model at the first step, in float32: drawn from `seed`, or the base's weights.

    Where the tokenizer is not the base's, the rows of its tokens are made of the base's rows
    (`tertulia.tokenizer.transplant`), in the output matrix too. Raises ModelError.
    """
    if base is None:
        model = new_model(config, machine)
        initialise(model, seed)
        return model
    model = load_model(base, machine.device)
    if not _same_tokenizer(base, tokenizer):
        model = _with_vocabulary(model, config, open_tokenizer_of(base), tokenizer)
    return model.train()


def _with_vocabulary(
    model: Transformer, config: ModelConfig, old: Tokenizer, new: Tokenizer
) -> Transformer:
    same = _counterparts(old)
    tensors = dict(model.state_dict())
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        rows_VD = transplant(old.backend, new.backend, tensors[name], same=same)
        assert isinstance(rows_VD, torch.Tensor), "a tensor gives a tensor"
        tensors[name] = rows_VD
    with torch.device("meta"):
        changed = Transformer(config)
    changed.load_state_dict(tensors, assign=True)
    if config.tied:
        changed.lm_head.weight = changed.model.embed_tokens.weight
    return changed


def _counterparts(old: Tokenizer) -> dict[str, str]:
    """Our special tokens -> what the old tokenizer has for each."""
    names = {i: name for name, i in old.backend.get_vocab(with_added_tokens=True).items()}
    special = old.special
    ids = {BOS: special.start, EOS: special.end, PAD: special.pad, IM_END: special.stops[-1]}
    found = {SPECIAL_TOKENS[ours]: names[theirs] for ours, theirs in ids.items()}
    # Where the old one has ChatML's own names, they mean the same.
    chat = {SPECIAL_TOKENS[i] for i in (IM_START, IM_END)} & set(names.values())
    return found | {name: name for name in chat}


def _same_tokenizer(base: Path, tokenizer: Tokenizer) -> bool:
    vocabulary = open_tokenizer_of(base).backend.get_vocab(with_added_tokens=True)
    return bool(vocabulary == tokenizer.backend.get_vocab(with_added_tokens=True))
