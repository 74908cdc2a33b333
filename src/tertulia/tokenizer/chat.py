"""Conversations as tokens: ChatML, and the same as a template for other programs.

    <|bos|><|im_start|>user
    Bon dia<|im_end|>
    <|im_start|>assistant
    Bon dia tingues<|im_end|>

Contents lose the blanks around them. Then nothing merges across the line after a role, and
encoding piece by piece, as is done here so that a content can never inject a reserved token,
gives the same ids as tokenizing the rendered template. Only where a content holds the name of a
reserved token do the two differ: here it stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from tertulia.errors import DataError
from tertulia.tokenizer.special import BOS, IM_END, IM_START

ROLES = ("system", "user", "assistant", "tool", "document")
"""`document` is a passage to answer from; `tool` is what a tool returned."""

CHAT_TEMPLATE = """\
{{- bos_token -}}
{%- for message in messages -%}
{%- if message['role'] not in ['system', 'user', 'assistant', 'tool', 'document'] -%}
{{- raise_exception('There is no role ' ~ message['role']) -}}
{%- endif -%}
{{- '<|im_start|>' ~ message['role'] ~ '\\n' -}}
{%- if message['role'] == 'assistant' -%}
{%- generation -%}
{{- message['content'] | trim ~ '<|im_end|>' -}}
{%- endgeneration -%}
{%- else -%}
{{- message['content'] | trim ~ '<|im_end|>' -}}
{%- endif -%}
{{- '\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""
"""`chat_template.jinja`, in the dialect of transformers."""

_GENERATION_TAG = re.compile(r"\{%- (?:end)?generation -%\}\n")


def plain_chat_template() -> str:
    """The template without `{% generation %}`, for engines that know only standard Jinja."""
    return _GENERATION_TAG.sub("", CHAT_TEMPLATE)


def encode_conversation(
    messages: Sequence[Mapping[str, str]],
    encode: Callable[[str], list[int]],
    *,
    generation_prompt: bool,
) -> tuple[list[int], list[bool]]:
    """(ids, mask): the mask is true on what an assistant says and on the `<|im_end|>` after it.

    Raises DataError `tokenizer.bad-message`.
    """
    ids, mask = [BOS], [False]
    for number, message in enumerate(messages, start=1):
        role, content = _checked(message, number)
        head = [IM_START, *encode(f"{role}\n")]
        body = [*encode(content.strip()), IM_END]
        tail = encode("\n")
        ids += head + body + tail
        mask += [False] * len(head) + [role == "assistant"] * len(body) + [False] * len(tail)
    if generation_prompt:
        head = [IM_START, *encode("assistant\n")]
        ids += head
        mask += [False] * len(head)
    return ids, mask


def _checked(message: Mapping[str, str], number: int) -> tuple[str, str]:
    role, content = message.get("role"), message.get("content")
    if role not in ROLES:
        raise DataError(
            "tokenizer.bad-message",
            f"a message has the role {role!r}",
            where=f"message {number}",
            remedy=f"The roles are {', '.join(ROLES)}",
        )
    if not isinstance(content, str):
        raise DataError(
            "tokenizer.bad-message",
            "a message has no text as its content",
            where=f"message {number}",
        )
    return role, content
