"""Continuous batching over our own transformer: sequences join and leave between steps.

A step reads one piece of the prompt that waits longest and then writes one token of every other
sequence, so that a long prompt does not silence those who are being answered.

Shapes: B rows, V vocabulary.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tertulia.inference.decoding_batch import Decoded, TokenText, failed
from tertulia.inference.json_constraint import JsonConstraint, JsonConstraints
from tertulia.inference.prefix_cache import PrefixCache
from tertulia.inference.sampling import sample_next
from tertulia.inference.text_engine import Capability, Finish, TextRequest, TokenLikelihood
from tertulia.model.batch_cache import BatchCache
from tertulia.model.cache import KeyValueCache

if TYPE_CHECKING:
    from tertulia.model.transformer import Transformer
    from tertulia.tokenizer.tokenizer import Tokenizer

_PIECE = 256
"""Tokens of a prompt that are read in one step."""


@dataclass
class _Row:
    key: int
    ids: list[int]
    """The prompt and what was written."""
    request: TextRequest
    text: TokenText
    generator: torch.Generator
    constraint: JsonConstraint | None
    cache: KeyValueCache
    """Of the prompt, only while it is being read."""
    prompt: int
    cached: int


class TorchBatch:
    """A `DecodingBatch` on the device that holds the model."""

    capabilities: frozenset[Capability] = frozenset(
        ("log-probabilities", "json-schema", "seed", "prefix-cache", "batching")
    )

    def __init__(
        self, model: Transformer, tokenizer: Tokenizer, *, prefix_cache_bytes: int
    ) -> None:
        weight = model.lm_head.weight
        self._model, self._tokenizer = model.eval(), tokenizer
        self._device, self._dtype = weight.device, weight.dtype
        self._stops = frozenset(tokenizer.special.stops)
        self._prefixes = PrefixCache(prefix_cache_bytes)
        self.reset()

    @cached_property
    def _constraints(self) -> JsonConstraints:
        return JsonConstraints(self._tokenizer, self._model.config.vocabulary)

    def reset(self) -> None:
        """See `DecodingBatch`."""
        self._reading: list[_Row] = []
        self._writing: list[_Row] = []
        self._cache = BatchCache(self._model.config, self._device, self._dtype)

    def close(self) -> None:
        """See `DecodingBatch`."""
        self.reset()
        self._prefixes = PrefixCache(0)

    def begin(self, key: int, ids: Sequence[int], request: TextRequest) -> None:
        """See `DecodingBatch`."""
        schema = request.json_schema
        constraint = self._constraints.begin(schema) if schema is not None else None
        seed = secrets.randbits(63) if request.seed is None else request.seed
        config = self._model.config
        with torch.inference_mode():
            cache = KeyValueCache(config, 1, len(ids), self._device, self._dtype)
            # The last token is read in any case: its logits choose the first one written.
            if (found := self._prefixes.find(ids[:-1])) is not None:
                cache.length = found[0].shape[2]
                cache.keys[:, 0, :, : cache.length] = found[0]
                cache.values[:, 0, :, : cache.length] = found[1]
        self._reading.append(
            _Row(
                key=key,
                ids=list(ids),
                request=request,
                text=TokenText(self._tokenizer),
                # Wraps, so that every integer is a seed.
                generator=torch.Generator().manual_seed(seed % 2**63),
                constraint=constraint,
                cache=cache,
                prompt=len(ids),
                cached=cache.length,
            )
        )

    def end(self, key: int) -> None:
        """See `DecodingBatch`."""
        self._reading = [row for row in self._reading if row.key != key]
        place = next((n for n, row in enumerate(self._writing) if row.key == key), None)
        if place is not None:
            with torch.inference_mode():
                self._leave(place)

    def step(self) -> list[Decoded]:
        """See `DecodingBatch`."""
        with torch.inference_mode():
            grown = self._write() if self._writing else []
            if self._reading:
                grown += self._read(self._reading[0])
        return grown

    def _read(self, row: _Row) -> list[Decoded]:
        """Reads a piece of a prompt; after the last one the row joins those that write."""
        start = row.cache.length
        piece = row.ids[start : start + _PIECE]
        hidden_1TD = self._model.hidden(torch.tensor([piece], device=self._device), cache=row.cache)
        if row.cache.length < len(row.ids):
            return []
        del self._reading[0]
        keys, values = row.cache.keys[:, 0], row.cache.values[:, 0]
        self._prefixes.keep(row.ids, keys, values)
        self._cache.join(keys, values)
        # From here on its numbers are those of the batch.
        del row.cache
        self._writing.append(row)
        logits_V = self._model.lm_head(hidden_1TD[:, -1])[0]
        decoded = self._choose(row, logits_V)
        if decoded.finish is not None or decoded.error is not None:
            self._leave(len(self._writing) - 1)
        return [decoded]

    def _write(self) -> list[Decoded]:
        """One more token of every row."""
        last_B1 = torch.tensor([row.ids[-1:] for row in self._writing], device=self._device)
        hidden_B1D = self._model.hidden(last_B1, cache=self._cache)
        logits_BV = self._model.lm_head(hidden_B1D[:, -1]).float().cpu()
        grown = [
            self._choose(row, logits_V)
            for row, logits_V in zip(self._writing, logits_BV, strict=True)
        ]
        # From the last row on: a row that leaves gives its place to the last one.
        for place in range(len(grown) - 1, -1, -1):
            if grown[place].finish is not None or grown[place].error is not None:
                self._leave(place)
        return grown

    def _leave(self, place: int) -> None:
        """Takes a row out, and keeps what was read of it: the next turn begins with it."""
        row = self._writing[place]
        self._prefixes.keep(row.ids[: self._cache.lengths[place]], *self._cache.copy(place))
        self._cache.leave(place)
        self._writing[place] = self._writing[-1]
        del self._writing[-1]

    def _choose(self, row: _Row, logits_V: Tensor) -> Decoded:
        """The row's next token; whatever goes wrong is that row's error alone."""
        logits_V = logits_V.float().cpu()
        try:
            token = _sample(row, logits_V)
        except Exception as error:
            return Decoded(key=row.key, error=failed(error))
        finish: Finish | None = None
        text, likelihoods = "", _likelihoods(row, logits_V, token)
        if token in self._stops:
            finish, likelihoods = "stop", ()
        else:
            row.ids.append(token)
            text = row.text.push(token)
            if row.constraint is not None and row.constraint.finished:
                finish = "stop"
            elif len(row.ids) - row.prompt == row.request.max_tokens:
                finish = "length"
        return Decoded(
            key=row.key,
            text=text + (row.text.finish() if finish else ""),
            tokens=len(row.ids) - row.prompt,
            likelihoods=likelihoods,
            cached=row.cached,
            finish=finish,
        )


def _sample(row: _Row, logits_V: Tensor) -> int:
    if row.constraint is not None:
        forbidden_V = torch.from_numpy(row.constraint.forbidden())
        logits_V = logits_V.masked_fill(forbidden_V, -torch.inf)
    token = sample_next(
        logits_V,
        temperature=row.request.temperature,
        top_p=row.request.top_p,
        generator=row.generator,
    )
    if row.constraint is not None:
        row.constraint.accept(token)
    return token


def _likelihoods(row: _Row, logits_V: Tensor, token: int) -> tuple[TokenLikelihood, ...]:
    """Of the model itself, whatever temperature and constraints made of it."""
    count = row.request.log_probabilities
    if count is None:
        return ()
    nats_V = logits_V.log_softmax(-1)
    best = nats_V.topk(min(count, len(nats_V)))
    others = list(zip(best.indices.tolist(), best.values.tolist(), strict=True))
    return (row.text.likelihood(token, float(nats_V[token]), others),)
