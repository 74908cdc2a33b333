"""The reserved ids: 0-63, which no text of a user ever becomes."""

from __future__ import annotations

from dataclasses import dataclass

PAD = 0
BOS = 1
EOS = 2
IM_START = 3
IM_END = 4
TOOL = 5
CITE = 6
FIM_PREFIX = 7
FIM_MIDDLE = 8
FIM_SUFFIX = 9

RESERVED = 64
"""How many ids are set apart; ordinary tokens begin here."""

_NAMED = (
    "pad",
    "bos",
    "eos",
    "im_start",
    "im_end",
    "tool",
    "cite",
    "fim_prefix",
    "fim_middle",
    "fim_suffix",
)

SPECIAL_TOKENS: tuple[str, ...] = tuple(f"<|{name}|>" for name in _NAMED) + tuple(
    f"<|reserved_{number}|>" for number in range(len(_NAMED), RESERVED)
)
"""What each reserved id is called in files; the index is the id."""


@dataclass(frozen=True, kw_only=True)
class SpecialIds:
    """The ids around a text: a document is `start` + text + `end`, and rows are filled with `pad`.

    Tokenizers of ours have those above; an imported one has its own.
    """

    start: int = BOS
    end: int = EOS
    pad: int = PAD
    stops: tuple[int, ...] = (EOS, IM_END)
    """Where an answer ends: `end` and the end of a turn."""


MULTIPLE = 128
"""A vocabulary is padded to a multiple of it, which matrix kernels and sharding want."""


def filler_tokens(vocabulary: int) -> list[str]:
    """Names of tokens without meaning that pad `vocabulary` to the next multiple of 128."""
    return [f"<|filler_{number}|>" for number in range(vocabulary, padded(vocabulary))]


def padded(vocabulary: int) -> int:
    """The smallest multiple of 128 that is not below `vocabulary`."""
    return -(-vocabulary // MULTIPLE) * MULTIPLE
