"""What the scheduler steps: a batch of sequences, whichever engine computes it.

All calls come from one thread. A batch knows nothing of users, queues, time or stop strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tertulia.errors import ModelError
from tertulia.inference.text_engine import Capability, Finish, TextRequest, TokenLikelihood

if TYPE_CHECKING:
    from tertulia.tokenizer.tokenizer import Tokenizer


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What a step added to one sequence. After `finish` or `error` nothing more comes of it."""

    key: int
    text: str = ""
    """Whole characters; often empty in the middle of one."""
    tokens: int = 0
    """Written since the sequence began, what ended it not counted."""
    likelihoods: tuple[TokenLikelihood, ...] = ()
    cached: int = 0
    """Tokens of the prompt that came out of the prefix cache."""
    finish: Finish | None = None
    error: ModelError | None = None


class DecodingBatch(Protocol):
    """Sequences that join, grow together by steps, and leave."""

    capabilities: frozenset[Capability]

    def begin(self, key: int, ids: Sequence[int], request: TextRequest) -> None:
        """Adds a sequence under a number of the caller's; `max_tokens` fits into the context.

        Raises ModelError `inference.setting` or `inference.not-supported`.
        """
        ...

    def step(self) -> list[Decoded]:
        """Computes until at least one sequence may have grown; a failed one is told as its error.

        Whatever else is raised concerns the whole batch: call `reset` after it.
        """
        ...

    def end(self, key: int) -> None:
        """Drops a sequence before its end; one that is not there is none."""
        ...

    def reset(self) -> None:
        """Drops all sequences and makes the batch usable again after a failure."""
        ...

    def close(self) -> None:
        """Frees the model."""
        ...


class TokenText:
    """Ids of one answer as text and, where asked for, as likelihoods."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._decoder = tokenizer.stream_decoder()

    def push(self, token: int) -> str:
        """The text that the token completes."""
        # An embedding may have more rows than the tokenizer has ids: those write nothing.
        known = token < len(self._tokenizer.token_bytes)
        return self._decoder.push(token) if known else ""

    def finish(self) -> str:
        """What is left of an unfinished character: U+FFFD."""
        return self._decoder.finish()

    def likelihood(
        self, token: int, nats: float, others: Sequence[tuple[int, float]] = ()
    ) -> TokenLikelihood:
        """A token's log-probability beside those of `others`, the likeliest first."""
        text, utf8 = self._name(token)
        return TokenLikelihood(
            text=text,
            utf8=utf8,
            log_probability=nats,
            alternatives=tuple((*self._name(other), value) for other, value in others),
        )

    def _name(self, token: int) -> tuple[str, bytes]:
        """What a token is called and what it writes: a reserved one has a name and no bytes."""
        if token >= len(self._tokenizer.token_bytes):
            return "", b""
        text = self._tokenizer.decode([token], show_reserved=True)
        return text, self._tokenizer.token_bytes[token]


def failed(error: Exception) -> ModelError:
    """The error of an answer that the engine could not finish."""
    if isinstance(error, ModelError):
        return error
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ModelError(
        "inference.failed",
        f"the engine failed: {lines[-1] if lines else type(error).__name__}",
        remedy="Ask again; if it fails again, ask something shorter or use the engine torch",
    )
