"""A tokenizer of bytes and a tiny random model: exact, instant, and strangers to the real ones."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch

from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.special import SpecialIds

FIRST_BYTE = 64


class ByteTokenizer:
    """A token per byte, after the 64 reserved ids."""

    vocabulary = 384
    special = SpecialIds()

    def encode(self, text: str) -> list[int]:
        return [FIRST_BYTE + byte for byte in text.encode("utf-8")]

    def encode_batch(self, texts: list[str]) -> list[list[int]]:
        return [self.encode(text) for text in texts]

    def decode(self, ids: Sequence[int]) -> str:
        kept = bytes(i - FIRST_BYTE for i in ids if FIRST_BYTE <= i < FIRST_BYTE + 256)
        return kept.decode("utf-8", errors="replace")


@pytest.fixture
def tokenizer() -> ByteTokenizer:
    return ByteTokenizer()


@pytest.fixture
def tiny_model() -> Transformer:
    """Random weights, large enough that context and position matter; context of 16 tokens."""
    generator = torch.Generator().manual_seed(3)
    config = ModelConfig(
        vocabulary=ByteTokenizer.vocabulary,
        width=32,
        depth=2,
        heads=2,
        kv_heads=1,
        head_width=16,
        hidden=64,
        context=16,
    )
    model = Transformer(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.3, generator=generator)
    return model
