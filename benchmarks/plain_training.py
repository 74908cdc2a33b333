"""A plain training loop, as one would write it in an afternoon: the baseline of `quality`.

6.6 million parameters, batches of 16 sequences of 512 tokens, Muon and AdamW, bfloat16, the whole
model compiled, random documents laid end to end without a mask. It trains until its time is up.
Shapes: B batch, T context, V vocabulary.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.plain_model import PlainModel
from benchmarks.starter_tokens import StarterTokens
from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer
from tertulia.train.token_shards import open_shards, read_mixture

ROWS, CONTEXT = 16, 512
_WARM_UP_STEPS = 10
_MUON_RATE, _ADAMW_RATE = 0.02, 0.01
_LONE_ADAMW_RATE = 1e-3
"""Where AdamW has the matrices too."""
_DECAY = 0.4
"""Part of the time over which the rate falls to zero: the schedule of the recipe."""


@dataclass(frozen=True, kw_only=True)
class PlainSummary:
    """What the loop did with its time."""

    steps: int
    tokens: int
    seconds: float
    """Since the begin that the caller gave: importing torch and compiling included."""
    first_step_seconds: float
    """Of the first step, in which compiling falls."""
    parameters: int


def plain_config(vocabulary: int, *, quick: bool) -> ModelConfig:
    """6.6 million parameters at a vocabulary of 8,192; a toy where it is only to be seen to run."""
    width, depth, hidden = (64, 2, 128) if quick else (256, 6, 640)
    return ModelConfig(
        vocabulary=vocabulary,
        width=width,
        depth=depth,
        heads=width // 64,
        kv_heads=width // 64,
        head_width=64,
        hidden=hidden,
        context=CONTEXT,
    )


def batches(found: StarterTokens, vocabulary: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs and targets (B, T) without end: languages by the mixture, documents at random."""
    rng = np.random.default_rng(seed)
    shards = open_shards(found.tokens, found.recipe.languages, vocabulary)
    mixture = read_mixture(found.tokens)
    # A share is of tokens, and documents are of unequal length in the languages.
    odds = np.array([mixture[shard.language] / shard.lengths.mean() for shard in shards])
    odds /= odds.sum()
    need = ROWS * CONTEXT + 1
    stream = np.zeros(0, dtype=np.int64)
    while True:
        parts, have = [stream], len(stream)
        while have < need:
            shard = shards[int(rng.choice(len(shards), p=odds))]
            document = int(rng.integers(len(shard.lengths)))
            start, length = int(shard.offsets[document]), int(shard.lengths[document])
            parts.append(np.asarray(shard.tokens[start : start + length], dtype=np.int64))
            have += length
        stream = np.concatenate(parts)
        block = torch.from_numpy(stream[:need].copy())
        stream = stream[need - 1 :]
        yield block[:-1].view(ROWS, CONTEXT), block[1:].view(ROWS, CONTEXT)


def train_plain(
    found: StarterTokens,
    vocabulary: int,
    machine: Machine,
    *,
    seconds: float,
    seed: int,
    begun: float,
    quick: bool,
    config: ModelConfig | None = None,
) -> tuple[Transformer, PlainSummary]:
    """Trains until `seconds` after `begun`, a moment of `time.monotonic`.

    The shape is that of `plain_config` where none is given. The model comes back as tertulia's, to
    be scored.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(machine.threads)
    config = config or plain_config(vocabulary, quick=quick)
    model = PlainModel(config)
    for parameter in model.parameters():
        if parameter.ndim == 2:
            torch.nn.init.normal_(parameter, std=0.02)
    optimizers = plain_optimizers(model)
    loss_of = torch.compile(plain_loss) if machine.compile else plain_loss
    steps, first = 0, 0.0
    for ids_BT, targets_BT in batches(found, vocabulary, seed):
        elapsed = time.monotonic() - begun
        if elapsed >= seconds and steps:
            break
        factor = min(1.0, (steps + 1) / _WARM_UP_STEPS, max(0.0, 1 - elapsed / seconds) / _DECAY)
        loss = loss_of(model, ids_BT, targets_BT, machine.precision == "bfloat16")
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        steps += 1
        first = first or time.monotonic() - begun - elapsed
    return as_transformer(model), PlainSummary(
        steps=steps,
        tokens=steps * ROWS * CONTEXT,
        seconds=time.monotonic() - begun,
        first_step_seconds=first,
        parameters=config.parameters,
    )


def as_transformer(model: PlainModel) -> Transformer:
    """tertulia's model with these weights."""
    made = Transformer(model.config)
    made.load_state_dict(model.state_dict())
    return made


def plain_loss(model: PlainModel, ids_BT: Tensor, targets_BT: Tensor, bfloat16: bool) -> Tensor:
    """The mean over all targets, from a table of all logits."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        logits_BTV = model(ids_BT)
    return F.cross_entropy(logits_BTV.float().flatten(0, 1), targets_BT.flatten())


def plain_optimizers(model: PlainModel, *, muon: bool = True) -> list[torch.optim.Optimizer]:
    """torch's own Muon and AdamW, at the rates that Muon is usually shown with, or AdamW alone."""
    layers = model.model["layers"]
    matrices = [p for p in layers.parameters() if p.ndim == 2] if muon else []
    taken = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in taken]
    rate = _ADAMW_RATE if muon else _LONE_ADAMW_RATE
    made: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    ]
    if muon:
        made.append(torch.optim.Muon(matrices, lr=_MUON_RATE, weight_decay=0.0))
    for optimizer in made:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return made
