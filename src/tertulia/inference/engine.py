"""The one protocol behind which every way of running a model stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


class Engine(Protocol):
    """Continues a sequence of token ids.

    An engine works on ids, never on text: what a user types is encoded before it gets here, so it
    cannot turn into reserved tokens.
    """

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
        """Yields new ids one by one, up to `max_tokens`; a stop id ends it and is not yielded.

        Temperature 0 takes the likeliest token; otherwise the same seed gives the same ids.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class GenerationSettings:
    """How much is generated and how boldly."""

    max_tokens: int = 256
    temperature: float = 0.7
    """0 takes the likeliest token each time."""
    top_p: float = 0.95
    """Tokens are drawn from the smallest set that holds this much probability."""
    seed: int = 0
