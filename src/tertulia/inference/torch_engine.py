"""The engine that is always there: our own transformer with a key-value cache.

A sequence that outgrows the model's context slides: when the cache is full, the last half of the
context is read again from position 0 and generation goes on after it. What lies further back is
forgotten. Reading again costs one prompt of half a context per half a context generated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

    from tertulia.model.cache import KeyValueCache
    from tertulia.model.transformer import Transformer


class TorchEngine:
    """Runs one sequence at a time on the device that holds the model."""

    def __init__(self, model: Transformer) -> None:
        weight = model.lm_head.weight
        self._model = model.eval()
        self._device, self._dtype = weight.device, weight.dtype
        self.context = model.config.context
        """Tokens that the model can look back on."""

    @classmethod
    def open(cls, folder: Path, *, device: str = "cpu") -> TorchEngine:
        """Loads a model folder in float32; raises ModelError that names what is wrong with it."""
        from tertulia.model.disk import load_model

        return cls(load_model(folder, device))

    def generate(
        self,
        ids: Sequence[int],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        stop_ids: Collection[int] = (),
    ) -> Iterator[int]:
        """See `Engine.generate`; raises ModelError `inference.empty-prompt` without ids.

        Of a prompt longer than the context, only the last half of the context is read.
        """
        import torch

        from tertulia.inference.sampling import check_settings, sample_next

        check_settings(temperature=temperature, top_p=top_p, max_tokens=max_tokens)
        if not ids:
            raise ModelError(
                "inference.empty-prompt",
                "there is nothing to continue",
                remedy="Start from the <|bos|> token at least",
            )
        generator = torch.Generator().manual_seed(seed)

        def choose(logits_V: Tensor) -> int:
            return sample_next(logits_V, temperature=temperature, top_p=top_p, generator=generator)

        return self._continue(list(ids), max_tokens, choose, frozenset(stop_ids))

    def _continue(
        self,
        window: list[int],
        max_tokens: int,
        choose: Callable[[Tensor], int],
        stop_ids: frozenset[int],
    ) -> Iterator[int]:
        if len(window) > self.context:
            window = self._last_half(window)
        cache = self._new_cache(min(self.context, len(window) + max_tokens))
        logits_V = self._read(window, cache)
        for remaining in range(max_tokens, 0, -1):
            token = choose(logits_V)
            if token in stop_ids:
                return
            yield token
            if remaining == 1:
                return
            window.append(token)
            if cache.length < cache.max_length:
                logits_V = self._read([token], cache)
            else:
                window = self._last_half(window)
                cache = self._new_cache(min(self.context, len(window) + remaining))
                logits_V = self._read(window, cache)

    def _last_half(self, window: list[int]) -> list[int]:
        return window[-max(1, self.context // 2) :]

    def _new_cache(self, max_length: int) -> KeyValueCache:
        from tertulia.model.cache import KeyValueCache

        return KeyValueCache(self._model.config, 1, max_length, self._device, self._dtype)

    def _read(self, ids: list[int], cache: KeyValueCache) -> Tensor:
        """Logits (V,) after the last of `ids`, which follow what the cache holds."""
        import torch

        with torch.inference_mode():
            hidden_BTD = self._model.hidden(torch.tensor([ids], device=self._device), cache=cache)
            logits_V: Tensor = self._model.lm_head(hidden_BTD[:, -1])[0]
        return logits_V
