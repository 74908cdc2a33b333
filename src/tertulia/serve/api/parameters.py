"""What requests for text have in common, and what they may not ask of this server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tertulia.inference.text_engine import TextRequest
from tertulia.serve.api.errors import ApiError, unsupported
from tertulia.serve.limits import Limits

_HARMLESS: dict[str, tuple[object, ...]] = {
    "audio": (),
    "best_of": (1,),
    "echo": (False,),
    "frequency_penalty": (0,),
    "function_call": ("none", "auto"),
    "functions": ([],),
    "guided_choice": (),
    "guided_grammar": (),
    "guided_json": (),
    "guided_regex": (),
    "logit_bias": ({},),
    "min_p": (0,),
    "modalities": (["text"],),
    "moderation": (),
    "prediction": (),
    "presence_penalty": (0,),
    "reasoning_effort": ("none",),
    "repetition_penalty": (1,),
    "suffix": ("",),
    "tool_choice": ("none", "auto"),
    "tools": ([],),
    "top_k": (0, -1),
    "verbosity": ("medium",),
    "web_search_options": (),
}
"""Parameters that would change the answer and that no engine here knows, with the values under
which they change nothing. Others that are unknown (`user`, `metadata`, `store` …) are ignored."""
_SEEDS = 2**63


def _spelled(text: str) -> str:
    if not text:
        raise ValueError("an empty text ends nothing")
    return text


Stop = Annotated[str, Field(max_length=256), AfterValidator(_spelled)]


_Ids = Annotated[list[int], Field(fail_fast=True)]
TextOrTexts = (
    str | Annotated[list[str | int | _Ids], Field(fail_fast=True, min_length=1, max_length=2048)]
)
"""One text or several. Of a list with many faults the first is told: a million would cost 1 GB."""


class StreamOptions(BaseModel):
    """How a stream is told."""

    model_config = ConfigDict(strict=True, extra="ignore")
    include_usage: bool | None = None


class TextParameters(BaseModel):
    """Parameters that chat and completions share."""

    model_config = ConfigDict(strict=True, extra="allow")
    model: str = Field(min_length=1, max_length=512)
    max_tokens: int | None = Field(None, ge=1, le=2**31)
    n: int | None = Field(None, ge=1, le=128)
    seed: int | None = Field(None, ge=-_SEEDS, le=_SEEDS - 1)
    stop: Stop | Annotated[list[Stop], Field(max_length=16)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False)
    top_p: float | None = Field(None, gt=0, le=1, allow_inf_nan=False)

    @property
    def tells_usage(self) -> bool:
        """Whether a stream ends with a count of tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)

    @property
    def stops(self) -> tuple[str, ...]:
        """The texts that end the answer."""
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())


def refuse_unsupported(given: Mapping[str, Any] | None) -> None:
    """Raises ApiError for the first parameter whose meaning would be lost."""
    for name, value in sorted((given or {}).items()):
        if name in _HARMLESS and value is not None and value not in _HARMLESS[name]:
            raise unsupported(name, "leave it out")


def text_requests(
    asked: TextParameters,
    limits: Limits,
    *,
    tokens: int,
    log_probabilities: int | None = None,
    json_schema: str | None = None,
) -> list[TextRequest]:
    """One request per choice; each draws from a seed of its own that follows from the first."""
    if (asked.n or 1) > limits.choices:
        raise ApiError(400, f"n is at most {limits.choices}", param="n", code="invalid_value")
    plain = TextRequest()
    return [
        TextRequest(
            max_tokens=min(tokens, limits.most_tokens),
            temperature=plain.temperature if asked.temperature is None else asked.temperature,
            top_p=plain.top_p if asked.top_p is None else asked.top_p,
            seed=None if asked.seed is None else (asked.seed + choice) % _SEEDS,
            stop=asked.stops,
            log_probabilities=log_probabilities,
            json_schema=json_schema,
            timeout=limits.answer_seconds,
        )
        for choice in range(asked.n or 1)
    ]
