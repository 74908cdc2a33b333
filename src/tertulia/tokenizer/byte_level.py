"""How text is split before merges, and how bytes are written as characters in the vocabulary."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import PreTokenizer

PRE = "qwen2"
"""The name, in `tokenizer.ggml.pre` of a GGUF, by which other engines know `SPLIT`.

Chosen because openvino-genai and llama.cpp both implement it with the same result; see
docs/tokenizer.md.
"""

SPLIT = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
    r"|[^\r\n\p{L}\p{N}]?\p{L}+"
    r"|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+"
    r"|\s+(?!\S)"
    r"|\s+"
)
"""Pieces that merges never cross; each digit stands alone.

Classes such as `[sS]` and not `(?i:s)`, which would also match the long s of old prints and make
ids differ from the other engines'.
"""


def pre_tokenizer() -> PreTokenizer:
    """Splits by `SPLIT`, then writes bytes as characters."""
    from tokenizers import Regex
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

    return Sequence(
        [
            Split(Regex(SPLIT), behavior="isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


@cache
def byte_of_character() -> dict[str, int]:
    """The byte that a character of a byte-level vocabulary stands for.

    The scheme is GPT-2's: printable Latin-1 stands for itself, the other bytes, in order, for
    U+0100 and what follows.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = (byte for byte in range(256) if byte not in printable)
    return {chr(b): b for b in printable} | {chr(0x100 + n): b for n, b in enumerate(others)}
