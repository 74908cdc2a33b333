"""A conversation under another's chat template, in which no content can be taken for markup.

The template is rendered with a mark in place of each content. What stands between the marks is the
template's own and may name special tokens; the contents are encoded apart, as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tertulia.errors import DataError, ModelError

if TYPE_CHECKING:
    from tertulia.tokenizer.foreign import ForeignTokenizer

_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""For a tokenizer that has the tokens of ChatML and no template."""

_MARK = re.compile("( ?)\ue000(\\d+)\ue001( ?)")
_GENERATION = re.compile(r"\{%-?\s*(?:end)?generation\s*-?%\}")


def encode_with_template(
    messages: Sequence[Mapping[str, str]],
    tokenizer: ForeignTokenizer,
    template: str | None,
    named: Mapping[str, str],
    *,
    generation_prompt: bool,
) -> tuple[list[int], list[bool]]:
    """(ids, mask): the mask is true on what an assistant says and on the token that ends it.

    Raises DataError `tokenizer.bad-message`, also for what the template itself refuses, and
    ModelError `tokenizer.no-chat-template`.
    """
    if template is None:
        if len(tokenizer.encode_markup("<|im_start|><|im_end|>")) != 2:
            raise ModelError(
                "tokenizer.no-chat-template",
                "the imported model has no chat template",
                remedy='Continue it without conversations: [align] method = "none"',
            )
        template = _CHATML
    for number, message in enumerate(messages, start=1):
        if not isinstance(message.get("role"), str) or not isinstance(message.get("content"), str):
            raise DataError(
                "tokenizer.bad-message",
                "a message lacks a role or a text as its content",
                where=f"message {number}",
            )
    rendered = _rendered(messages, template, named, generation_prompt=generation_prompt)
    return _encoded(rendered, messages, tokenizer)


def _rendered(
    messages: Sequence[Mapping[str, str]],
    template: str,
    named: Mapping[str, str],
    *,
    generation_prompt: bool,
) -> str:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(reason: str) -> None:
        raise DataError("tokenizer.bad-message", f"the chat template refuses it: {reason}")

    # Blanks around a mark tell whether the template trims contents.
    marked = [
        {**message, "content": f" \ue000{number}\ue001 "} for number, message in enumerate(messages)
    ]
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = refuse
    try:
        return environment.from_string(_GENERATION.sub("", template)).render(
            messages=marked, add_generation_prompt=generation_prompt, **named
        )
    except jinja2.TemplateError as error:
        raise ModelError(
            "tokenizer.no-chat-template",
            f"the imported model's chat template cannot be used: {error}",
            remedy='Continue it without conversations: [align] method = "none"',
        ) from error


def _encoded(
    rendered: str, messages: Sequence[Mapping[str, str]], tokenizer: ForeignTokenizer
) -> tuple[list[int], list[bool]]:
    ids: list[int] = []
    mask: list[bool] = []
    stops = frozenset(tokenizer.special.stops)
    place, speaks = 0, False

    def add_markup(text: str) -> None:
        added = tokenizer.encode_markup(text)
        ends = next((n for n, i in enumerate(added, 1) if i in stops), 0) if speaks else 0
        ids.extend(added)
        mask.extend(n < ends for n in range(len(added)))

    for found in _MARK.finditer(rendered):
        add_markup(rendered[place : found.start()])
        message = messages[int(found[2])]
        content = message["content"] if found[1] and found[3] else message["content"].strip()
        speaks = message["role"] == "assistant"
        added = tokenizer.encode(content)
        ids.extend(added)
        mask.extend([speaks] * len(added))
        place = found.end()
    add_markup(rendered[place:])
    return ids, mask
