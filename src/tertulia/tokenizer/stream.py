"""Text from tokens that arrive one at a time, though a character may span several of them."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class StreamDecoder:
    """Gives each piece of text as soon as its bytes make whole characters."""

    def __init__(self, bytes_of: Sequence[bytes]) -> None:
        """`bytes_of[id]` is what a token stands for; reserved ones stand for nothing."""
        self._bytes_of = bytes_of
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, token: int) -> str:
        """The text that `token` completes; often empty in the middle of a character."""
        return self._utf8.decode(self._bytes_of[token])

    def finish(self) -> str:
        """What is left: U+FFFD where the tokens end within a character. Ready for new text."""
        rest = self._utf8.decode(b"", final=True)
        self._utf8.reset()
        return rest
