"""How many bytes of text each entry of a vocabulary stands for, so that losses become bits a byte.

A text's tokens add up to its UTF-8 bytes; its EOS is scored as an event of none, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def token_byte_counts(contents: Sequence[bytes | None]) -> Tensor:
    """Bytes (V,), as int64, of what each id stands for; zero where that is nothing.

    `contents` is `Tokenizer.token_bytes`, or `Vocabulary.contents` of a tokenizer from elsewhere.
    One of SentencePiece puts a blank before each text, which is counted as a byte of it.
    """
    return torch.tensor([len(content or b"") for content in contents], dtype=torch.int64)
