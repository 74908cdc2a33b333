"""The JSON of answered chats and completions, as the OpenAI API describes it."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict


class CachedTokens(TypedDict):
    """How many tokens of the prompt need not be read again."""

    cached_tokens: int


class UsageShape(TypedDict):
    """Tokens read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: CachedTokens


class TopLikelihood(TypedDict):
    """A token that could have stood there."""

    token: str
    logprob: float
    bytes: list[int]


class TokenShape(TopLikelihood):
    """A token of the answer and its rivals."""

    top_logprobs: list[TopLikelihood]


class ChatLikelihoods(TypedDict):
    """Log-probabilities of a chat's answer."""

    content: list[TokenShape]
    refusal: None


class CompletionLikelihoods(TypedDict):
    """Log-probabilities of a completion; offsets are characters into its text."""

    tokens: list[str]
    token_logprobs: list[float]
    top_logprobs: list[dict[str, float]] | None
    text_offset: list[int]


class FileCitation(TypedDict):
    """A citation where the OpenAI API has a place for one; `index` is into the message's text."""

    type: Literal["file_citation"]
    file_id: str
    filename: str
    index: int


class CitationShape(TypedDict):
    """A statement, the quote that supports it and where that stands."""

    statement: str
    quote: str
    document: str
    document_name: str
    page: int | None
    start: int
    end: int
    url: str


class RemovedShape(TypedDict):
    """A statement that was taken out because nothing supports it."""

    statement: str
    reason: str


class AnswerShape(TypedDict):
    """What stands behind an answer out of documents."""

    abstained: bool
    citations: list[CitationShape]
    removed: list[RemovedShape]


class ChatMessage(TypedDict):
    """The assistant's turn."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: NotRequired[list[FileCitation]]


Finished = Literal["stop", "length"]


class ChatChoice(TypedDict):
    """One of the answers."""

    index: int
    message: ChatMessage
    logprobs: ChatLikelihoods | None
    finish_reason: Finished


class ChatCompletion(TypedDict):
    """An answered chat."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChatChoice]
    usage: NotRequired[UsageShape]
    tertulia: NotRequired[AnswerShape]


class CompletionChoice(TypedDict):
    """One of the continuations."""

    index: int
    text: str
    logprobs: CompletionLikelihoods | None
    finish_reason: Finished


class Completion(TypedDict):
    """A continued text."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[CompletionChoice]
    usage: NotRequired[UsageShape]


Chunk = dict[str, Any]
"""An event of a stream: the same head as the whole answer, with what is new."""
