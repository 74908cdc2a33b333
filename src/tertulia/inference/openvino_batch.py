"""Continuous batching by openvino-genai over a GGUF file: paged cache, prefixes shared by pages.

It samples itself, so its draws are its own: a seed gives the same text here each time, and another
than with torch. Of log-probabilities it tells the chosen token's only, and nothing of how many
tokens came out of its prefix cache.

It computes in bfloat16 where the processor does: half as fast again as in float32, and near ties
fall otherwise than with torch.

Trap: `step` holds Python's global lock while it computes. Where others have work to do beside it,
run it through `ProcessBatch`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tertulia.errors import MissingExtraError, ModelError
from tertulia.inference.decoding_batch import Decoded, TokenText, failed
from tertulia.inference.signal_stack import kept_signal_stack
from tertulia.inference.text_engine import Capability, Finish, TextRequest

if TYPE_CHECKING:
    from tertulia.model.config import ModelConfig
    from tertulia.tokenizer.tokenizer import Tokenizer

_BLOCK = 32
"""Tokens in a page of the cache."""
_BYTES = 2
"""Of a number in the cache."""


@dataclass
class _Row:
    ids: list[int]
    """The prompt and what was written."""
    prompt: int
    request: TextRequest
    seed: int
    text: TokenText
    handle: Any = None

    @property
    def tokens(self) -> int:
        return len(self.ids) - self.prompt


class OpenvinoBatch:
    """A `DecodingBatch` over one GGUF file."""

    capabilities: frozenset[Capability] = frozenset(
        ("log-probabilities", "json-schema", "seed", "prefix-cache", "batching")
    )

    def __init__(
        self,
        path: Path,
        *,
        rows: int,
        prefix_cache_bytes: int,
        context: int | None = None,
        threads: int | None = None,
        device: str | None = None,
    ) -> None:
        """Room for `rows` sequences of `context` tokens, and for prefixes beside them.

        Raises MissingExtraError `inference.missing-extra`, ModelError `inference.openvino-refuses`
        and what is wrong with the file.
        """
        from tertulia.model.disk import read_config
        from tertulia.tokenizer.foreign import open_tokenizer_of

        self._openvino, self._genai = _packages()
        self._path, self._device, self._rows = path, (device or "cpu").upper(), rows
        self._tokenizer: Tokenizer = open_tokenizer_of(path)
        self._stops = set(self._tokenizer.special.stops)
        self._blocks = _blocks(read_config(path), rows, context, prefix_cache_bytes)
        self._properties: dict[str, Any] = {}
        if threads is not None:
            self._properties["INFERENCE_NUM_THREADS"] = threads
        self._running: dict[int, _Row]
        self._unproven: list[int]
        """Those with a schema that are not begun yet."""
        self._proving: int | None
        self.reset()

    def begin(self, key: int, ids: Sequence[int], request: TextRequest) -> None:
        """See `DecodingBatch`."""
        if request.log_probabilities:
            raise ModelError(
                "inference.not-supported",
                "openvino tells the log-probability of the chosen token, and of no other",
                remedy="Ask for no alternatives, or open the model with the engine torch",
            )
        row = _Row(
            ids=list(ids),
            prompt=len(ids),
            request=request,
            seed=secrets.randbits(32) if request.seed is None else request.seed,
            text=TokenText(self._tokenizer),
        )
        if request.json_schema is None:
            self._add(key, row)
        else:
            self._unproven.append(key)
        self._running[key] = row

    def step(self) -> list[Decoded]:
        """See `DecodingBatch`."""
        # Whether openvino knows a schema shows when it writes the first token, as a failure of the
        # whole step: so there is one of which that is not known yet, and no more.
        begins = self._proving is None and bool(self._unproven)
        if begins:
            self._proving = self._unproven.pop(0)
        try:
            if begins and self._proving is not None:
                self._add(self._proving, self._running[self._proving])
            self._pipeline.step()
        except RuntimeError as error:
            if self._proving is None:
                raise
            return self._without(self._proving, error)
        grown = [
            decoded
            for key, row in list(self._running.items())
            if row.handle is not None and (decoded := self._grown(key, row)) is not None
        ]
        proving = self._running.get(self._proving) if self._proving is not None else None
        if proving is None or proving.tokens:
            self._proving = None
        return grown

    def end(self, key: int) -> None:
        """See `DecodingBatch`."""
        row = self._running.pop(key, None)
        if key in self._unproven:
            self._unproven.remove(key)
        elif row is not None:
            row.handle.cancel()

    def reset(self) -> None:
        """See `DecodingBatch`."""
        self._running, self._unproven, self._proving = {}, [], None
        self._pipeline = self._open()

    def close(self) -> None:
        """See `DecodingBatch`."""
        for key in list(self._running):
            self.end(key)
        # What was cancelled gives its pages back in a step.
        self._pipeline.step()
        with kept_signal_stack():
            del self._pipeline

    def _open(self) -> Any:
        scheduler = self._genai.SchedulerConfig()
        scheduler.enable_prefix_caching = True
        scheduler.num_kv_blocks = self._blocks
        scheduler.max_num_seqs = self._rows
        try:
            with kept_signal_stack():
                return self._genai.ContinuousBatchingPipeline(
                    str(self._path), scheduler, self._device, self._properties
                )
        except RuntimeError as error:
            raise ModelError(
                "inference.openvino-refuses",
                f"openvino does not open the GGUF file: {failed(error).what}",
                where=str(self._path),
                remedy="Use the engine torch, which reads every GGUF file of the Llama family",
            ) from error

    def _add(self, key: int, row: _Row) -> None:
        prompt = self._openvino.Tensor(np.array([row.ids], dtype=np.int64))
        row.handle = self._pipeline.add_request(key, prompt, self._settings(row))

    def _settings(self, row: _Row) -> Any:
        request = row.request
        settings = self._genai.GenerationConfig()
        settings.max_new_tokens = request.max_tokens - row.tokens
        settings.set_eos_token_id(self._tokenizer.special.end)
        settings.stop_token_ids = self._stops
        if request.temperature > 0:
            settings.do_sample = True
            settings.temperature = request.temperature
            settings.top_p = request.top_p
            # One that had to begin again must not draw the same again.
            settings.rng_seed = (row.seed + row.tokens) % 2**32
        if request.log_probabilities is not None:
            settings.logprobs = 1
        if request.json_schema is not None:
            settings.structured_output_config = self._genai.StructuredOutputConfig(
                json_schema=request.json_schema
            )
        return settings

    def _grown(self, key: int, row: _Row) -> Decoded | None:
        text, likelihoods = "", []
        finish: Finish | None = None
        while row.handle.can_read():
            for output in row.handle.read().values():
                for token, nats in zip(
                    output.generated_ids, output.generated_log_probs, strict=True
                ):
                    if token in self._stops:
                        finish = "stop"
                        continue
                    row.ids.append(token)
                    text += row.text.push(token)
                    if row.request.log_probabilities is not None:
                        likelihoods.append(row.text.likelihood(token, nats))
        status = row.handle.get_status()
        if finish is None and status != self._genai.GenerationStatus.RUNNING:
            if status != self._genai.GenerationStatus.FINISHED:
                del self._running[key]
                return Decoded(key=key, error=failed(RuntimeError("its cache is too small")))
            # A schema that is fulfilled ends an answer as well as an end of turn does.
            finish = "length" if row.tokens >= row.request.max_tokens else "stop"
        if finish is not None:
            del self._running[key]
            text += row.text.finish()
        elif not text and not likelihoods:
            return None
        return Decoded(
            key=key, text=text, tokens=row.tokens, likelihoods=tuple(likelihoods), finish=finish
        )

    def _without(self, refused: int, error: RuntimeError) -> list[Decoded]:
        """After a schema that openvino does not know: whoever asked for it fails.

        The others go on from what they have written, with pages that are still there; of those
        that a schema holds, openvino cannot take up the thread.
        """
        others = {key: row for key, row in self._running.items() if row.handle is not None}
        for key in others:
            self.end(key)
        self._proving = None
        # Not there among the others where it has left, or could not even be added.
        self._running.pop(refused, None)
        others.pop(refused, None)
        self._pipeline.step()
        told = ModelError(
            "inference.setting",
            f"the JSON Schema cannot be obeyed: {failed(error).what}",
            remedy="Leave out what openvino does not know, or use the engine torch",
        )
        errors = [Decoded(key=refused, error=told)]
        for key, row in others.items():
            if row.request.json_schema is not None:
                errors.append(Decoded(key=key, error=failed(error)))
            else:
                self._running[key] = row
                self._add(key, row)
        return errors


def _blocks(config: ModelConfig, rows: int, context: int | None, prefix_cache_bytes: int) -> int:
    """Pages of the cache: a whole context for each row, and what prefixes may take."""
    a_token = 2 * config.depth * config.kv_heads * config.head_width * _BYTES
    own = rows * -(-(context or config.context) // _BLOCK)
    return own + prefix_cache_bytes // (a_token * _BLOCK)


def _packages() -> tuple[Any, Any]:
    try:
        return import_module("openvino"), import_module("openvino_genai")
    except ImportError as error:
        raise MissingExtraError(
            "inference.missing-extra",
            "GGUF files are served with the package openvino-genai, which is not installed",
            remedy="Install it with `pip install 'tertulia[serve]'`, or use the engine torch",
        ) from error
