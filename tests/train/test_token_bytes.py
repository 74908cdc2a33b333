"""The tokens of a text stand for its bytes, whatever the tokenizer; reserved ones for none."""

from __future__ import annotations

import json

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from tertulia.tokenizer.special import BOS, EOS, PAD, RESERVED
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe
from tertulia.tokenizer.vocabulary import Vocabulary
from tertulia.train.token_bytes import token_byte_counts

TEXTS = [
    "La tertulia empieza a las ocho de la tarde y nadie sabe cuándo termina.",
    "La col·lecció de l'avi s'ha perdut; dona'm-en una altra, que n'hi ha més.",
    "Etxeko sukaldean bildu ginen eta gauerdira arte hitz egin genuen guztiok.",
]
TOKENIZER = Tokenizer(train_bpe(TEXTS * 20, 512))


@given(st.text())
def test_a_text_is_worth_its_utf8_bytes(text: str) -> None:
    counts_V = token_byte_counts(TOKENIZER.token_bytes)
    assert int(counts_V[TOKENIZER.encode(text)].sum()) == len(text.encode())


def test_every_id_has_a_count_and_reserved_ones_are_worth_nothing() -> None:
    counts_V = token_byte_counts(TOKENIZER.token_bytes)
    assert counts_V.shape == (TOKENIZER.vocabulary,)
    assert counts_V[[PAD, BOS, EOS]].tolist() == [0, 0, 0]
    assert not counts_V[:RESERVED].any()


@pytest.mark.parametrize("text", ["casa", "cas a", "càsa ☕"])
def test_pieces_and_bytes_of_sentencepiece_are_counted_as_text(text: str) -> None:
    """Blanks are ▁ and characters without a piece are bytes, as in Llama 2's."""
    pieces = ["▁", "c", "a", "s", "as"]
    vocab = {"<unk>": 0, **{f"<0x{byte:02X}>": byte + 1 for byte in range(256)}}
    vocab |= {piece: 257 + n for n, piece in enumerate(pieces)}
    settings = {
        "added_tokens": [
            {"id": 0, "content": "<unk>", "special": True, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False}
        ],
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        "pre_tokenizer": None, "post_processor": None, "decoder": None,
        "model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": True, "vocab": vocab,
                  "merges": [["a", "s"]]},
    }  # fmt: skip
    backend = tokenizers.Tokenizer.from_str(json.dumps(settings))
    counts_V = token_byte_counts(Vocabulary(backend).contents)
    ids = backend.encode(text).ids
    assert int(counts_V[ids].sum()) == len(text.encode())
    assert counts_V[0] == 0
