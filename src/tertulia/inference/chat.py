"""A conversation: its turns, their ids for the model, and an answer as it arrives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tertulia.inference.engine import Engine, GenerationSettings

if TYPE_CHECKING:
    from tertulia.tokenizer.tokenizer import Tokenizer

Role = Literal["system", "user", "assistant", "tool", "document"]


def stream_text(tokenizer: Tokenizer, ids: Iterable[int]) -> Iterator[str]:
    """Text pieces as ids arrive; a piece never ends inside a character.

    The pieces joined are what `tokenizer.decode` gives for all the ids.
    """
    decoder = tokenizer.stream_decoder()
    for index in ids:
        if piece := decoder.push(index):
            yield piece
    if piece := decoder.finish():
        yield piece


def complete_text(
    engine: Engine, tokenizer: Tokenizer, prompt: str, settings: GenerationSettings
) -> Iterator[str]:
    """Continues plain text, as a base model does: BOS, the prompt, then what follows until EOS."""
    ids = engine.generate(
        [tokenizer.special.start, *tokenizer.encode(prompt)],
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        top_p=settings.top_p,
        seed=settings.seed,
        stop_ids=(tokenizer.special.end,),
    )
    return stream_text(tokenizer, ids)


@dataclass
class Conversation:
    """The turns so far, and how many of the oldest no longer fit into the model's context."""

    messages: list[dict[str, str]] = field(default_factory=list)
    forgotten: int = 0
    """Turns that the last answer did not see."""

    def add(self, role: Role, content: str) -> None:
        """Appends one turn."""
        self.messages.append({"role": role, "content": content})

    def prompt_ids(self, tokenizer: Tokenizer, room: int) -> list[int]:
        """Ids of the conversation up to where the assistant begins to speak.

        The oldest turns are left out until it fits into `room` tokens; what the system says
        stays, and so does the last turn, even where it alone is too long.
        """
        system = [m for m in self.messages if m["role"] == "system"]
        turns = [m for m in self.messages if m["role"] != "system"]
        self.forgotten = 0
        while True:
            seen = [*system, *turns[self.forgotten :]]
            ids, _ = tokenizer.encode_chat(seen, generation_prompt=True)
            if len(ids) <= room or len(turns) - self.forgotten <= 1:
                return ids
            self.forgotten += 1


def answer(
    engine: Engine,
    tokenizer: Tokenizer,
    conversation: Conversation,
    settings: GenerationSettings,
    *,
    context: int,
) -> Iterator[str]:
    """Yields the assistant's answer piece by piece and then adds it to the conversation.

    Half of `context`, or what `max_tokens` needs if that is less, is kept free for the answer.
    An answer ends at `<|im_end|>` or EOS. One that the caller stops listening to is added as far
    as it was heard.
    """
    room = context - min(settings.max_tokens, context // 2)
    ids = engine.generate(
        conversation.prompt_ids(tokenizer, room),
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        top_p=settings.top_p,
        seed=settings.seed,
        stop_ids=tokenizer.special.stops,
    )
    heard: list[str] = []
    try:
        for piece in stream_text(tokenizer, ids):
            heard.append(piece)
            yield piece
    finally:
        conversation.add("assistant", "".join(heard))
