"""What POST /v1/chat/completions takes."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tertulia.inference.text_engine import Message
from tertulia.serve.api.errors import ApiError
from tertulia.serve.api.parameters import TextParameters

_STRICT = ConfigDict(strict=True, extra="ignore")


class TextPart(BaseModel):
    """A part of a message; pictures and sound are not understood here."""

    model_config = _STRICT
    type: Literal["text"]
    text: str


class Turn(BaseModel):
    """A message of the conversation."""

    model_config = _STRICT
    role: Literal["system", "developer", "user", "assistant", "tool", "document"]
    content: str | Annotated[list[TextPart], Field(fail_fast=True)] | None = None

    def message(self) -> Message:
        """The same as engines read it; parts are joined as they stand."""
        parts = self.content or ""
        text = parts if isinstance(parts, str) else "".join(part.text for part in parts)
        return Message(role="system" if self.role == "developer" else self.role, content=text)


class NamedSchema(BaseModel):
    """A JSON Schema with a name."""

    model_config = _STRICT
    name: str = Field(max_length=256)
    described: dict[str, Any] = Field(alias="schema", default_factory=dict)


class ResponseFormat(BaseModel):
    """Free text, any JSON object, or JSON that obeys a schema."""

    model_config = _STRICT
    type: Literal["text", "json_object", "json_schema"]
    json_schema: NamedSchema | None = None

    def schema_text(self) -> str | None:
        """The JSON Schema to obey; None for free text."""
        if self.type == "text":
            return None
        if self.type == "json_object":
            return '{"type":"object"}'
        if self.json_schema is None:
            place = "response_format.json_schema"
            raise ApiError(400, f"{place} is missing", param=place, code="invalid_value")
        return json.dumps(self.json_schema.described)


class Extension(BaseModel):
    """What tertulia adds: collections out of which the answer has to come."""

    model_config = ConfigDict(strict=True, extra="forbid")
    collections: list[str] = Field(min_length=1, max_length=32)


class ChatRequest(TextParameters):
    """A conversation to be answered."""

    messages: list[Turn] = Field(fail_fast=True, min_length=1, max_length=4096)
    logprobs: bool | None = None
    max_completion_tokens: int | None = Field(None, ge=1, le=2**31)
    response_format: ResponseFormat | None = None
    tertulia: Extension | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)

    def alternatives(self) -> int | None:
        """How many rivals of each token to tell; None tells nothing."""
        if self.top_logprobs is not None and not self.logprobs:
            message = "top_logprobs needs logprobs: true"
            raise ApiError(400, message, param="top_logprobs", code="invalid_value")
        return (self.top_logprobs or 0) if self.logprobs else None

    def conversation(self) -> list[Message]:
        """The messages as engines read them; calls of tools are refused, there are none."""
        for place, turn in enumerate(self.messages):
            if turn.content is None:
                where = f"messages[{place}].content"
                raise ApiError(400, f"{where} is missing", param=where, code="invalid_value")
        return [turn.message() for turn in self.messages]
