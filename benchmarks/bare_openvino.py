"""openvino-genai alone: its loop of continuous batching, and nothing of ours but the prompts' ids.

No text is made of the ids, nothing is scheduled and nobody is told anything before the end.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tertulia.inference.text_engine import TextRequest
from tertulia.tokenizer.foreign import open_tokenizer_of

_CACHE_GB = 1


class BareOpenvino:
    """A pipeline over one GGUF file."""

    def __init__(self, path: Path, *, threads: int | None, rows: int) -> None:
        self._openvino, self._genai = import_module("openvino"), import_module("openvino_genai")
        self._special = open_tokenizer_of(path).special
        scheduler = self._genai.SchedulerConfig()
        scheduler.enable_prefix_caching = True
        scheduler.cache_size, scheduler.max_num_seqs = _CACHE_GB, rows
        properties = {} if threads is None else {"INFERENCE_NUM_THREADS": threads}
        self._pipeline: Any = self._genai.ContinuousBatchingPipeline(
            str(path), scheduler, "CPU", properties
        )
        self._asked = 0

    def speed(self, asked: Sequence[tuple[Sequence[int], TextRequest]]) -> float:
        """Tokens a second from the first tokens to the end of all answers."""
        handles = [self._add(ids, request) for ids, request in asked]
        start, tokens = 0.0, 0
        while self._pipeline.has_non_finished_requests():
            self._pipeline.step()
            for handle in handles:
                while handle.can_read():
                    start = start or time.perf_counter()
                    tokens += sum(self._written(output) for output in handle.read().values())
        return (tokens - len(handles)) / (time.perf_counter() - start)

    def _written(self, output: Any) -> int:
        """Tokens, what ends an answer not counted: the API does not count it either."""
        return sum(token not in self._special.stops for token in output.generated_ids)

    def _add(self, ids: Sequence[int], request: TextRequest) -> Any:
        settings = self._genai.GenerationConfig()
        settings.max_new_tokens = request.max_tokens
        settings.set_eos_token_id(self._special.end)
        settings.stop_token_ids = set(self._special.stops)
        settings.do_sample = True
        settings.temperature, settings.top_p = request.temperature, request.top_p
        settings.rng_seed = request.seed
        self._asked += 1
        tensor = self._openvino.Tensor(np.array([list(ids)], dtype=np.int64))
        return self._pipeline.add_request(self._asked, tensor, settings)
