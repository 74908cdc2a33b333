"""How a model goes on from the beginning of held-out documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from tertulia.tokenizer.special import SpecialIds

Generate = Callable[[Sequence[int], int, int], Sequence[int]]
"""(prompt ids, most tokens, seed) -> new ids, without what ended them."""

PROMPT_CHARACTERS = 120
SHORTEST_PROMPT = 20


class SampleTokenizer(Protocol):
    """What sampling needs of a tokenizer."""

    @property
    def special(self) -> SpecialIds: ...

    def encode(self, text: str) -> list[int]: ...

    def decode(self, ids: Sequence[int]) -> str: ...


@dataclass(frozen=True)
class Sample:
    """A prompt cut from a held-out document, and what the model wrote after it."""

    language: str
    model: str
    prompt: str
    continuation: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def continue_texts(
    generate: Generate,
    tokenizer: SampleTokenizer,
    texts: Sequence[str],
    *,
    language: str,
    model: str,
    count: int,
    max_tokens: int,
    seed: int,
) -> list[Sample]:
    """Continues the beginnings of the first `count` texts that are long enough to be cut."""
    prompts = [prompt for text in texts if (prompt := beginning(text))][:count]
    samples = []
    for number, prompt in enumerate(prompts):
        ids = generate(
            [tokenizer.special.start, *tokenizer.encode(prompt)], max_tokens, seed + number
        )
        samples.append(Sample(language, model, prompt, tokenizer.decode(ids)))
    return samples


def beginning(text: str) -> str:
    """The first half of `text` or 120 characters of it, whichever is less, up to a word's end.

    Empty where that would be shorter than 20 characters.
    """
    text = text.strip()
    limit = min(PROMPT_CHARACTERS, len(text) // 2)
    if limit < SHORTEST_PROMPT:
        return ""
    return text[: limit + 1].rsplit(maxsplit=1)[0]
