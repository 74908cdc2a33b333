"""Rows of an embedding matrix find their place in another vocabulary."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tokenizers
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe
from tertulia.tokenizer.transplant import token_parts, transplant
from tertulia.tokenizer.vocabulary import Vocabulary

_BYTES = {f"<0x{byte:02X}>": byte + 3 for byte in range(256)}


@pytest.fixture(scope="module")
def old() -> tokenizers.Tokenizer:
    return train_bpe(["la casa blanca i la casa gran"] * 9, 512)


@pytest.fixture(scope="module")
def new() -> tokenizers.Tokenizer:
    return train_bpe(["la casa blanca , la caseta blava"] * 9, 512)


@pytest.fixture(scope="module")
def sentencepiece() -> tokenizers.Tokenizer:
    """As Llama 2's: blanks are ▁, what has no piece becomes bytes."""
    pieces = ["▁", "c", "a", "s", "▁c", "as", "▁cas", "▁casa"]
    vocab = {"<unk>": 0, "<s>": 1, "</s>": 2, **_BYTES}
    vocab |= {piece: 259 + n for n, piece in enumerate(pieces)}
    settings_ = {
        "added_tokens": [
            {"id": i, "content": name, "special": True, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False}
            for i, name in enumerate(["<unk>", "<s>", "</s>"])
        ],
        "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None,
        "model": {
            "type": "BPE", "unk_token": "<unk>", "byte_fallback": True, "vocab": vocab,
            "merges": [["▁", "c"], ["a", "s"], ["▁c", "as"], ["▁cas", "a"]],
        },
    }  # fmt: skip
    return tokenizers.Tokenizer.from_str(json.dumps(settings_))


def _rows(backend: tokenizers.Tokenizer, width: int = 4) -> np.ndarray:
    generator = np.random.default_rng(0)
    return generator.normal(size=(Vocabulary(backend).size, width)).astype(np.float32)


def test_the_same_vocabulary_keeps_every_row(old: tokenizers.Tokenizer) -> None:
    rows = _rows(old)
    np.testing.assert_array_equal(transplant(old, old, rows), rows)


def test_a_token_of_both_keeps_its_row_whatever_its_id(
    old: tokenizers.Tokenizer, new: tokenizers.Tokenizer
) -> None:
    rows = _rows(old)
    carried = transplant(old, new, rows)
    assert len(carried) == new.get_vocab_size()
    there, here = Vocabulary(old).ids_of_bytes(), Vocabulary(new).ids_of_bytes()
    both = there.keys() & here.keys()
    assert b" casa" in both
    for content in both:
        np.testing.assert_array_equal(carried[here[content]], rows[there[content]])


def test_a_token_that_is_new_gets_the_mean_of_its_parts(
    old: tokenizers.Tokenizer, new: tokenizers.Tokenizer
) -> None:
    rows = _rows(old)
    carried = transplant(old, new, rows)
    ids = Vocabulary(new).ids_of_bytes()
    parts = old.encode(" caseta", add_special_tokens=False).ids
    assert len(parts) > 1
    np.testing.assert_allclose(carried[ids[b" caseta"]], rows[parts].mean(0), rtol=1e-6)


def test_reserved_ids_keep_theirs(old: tokenizers.Tokenizer, new: tokenizers.Tokenizer) -> None:
    rows = _rows(old)
    np.testing.assert_array_equal(transplant(old, new, rows)[:64], rows[:64])


def test_padding_of_the_matrix_is_not_used(
    old: tokenizers.Tokenizer, new: tokenizers.Tokenizer
) -> None:
    rows = _rows(old)
    padded = np.concatenate([rows, np.full((64, 4), np.nan, np.float32)])
    np.testing.assert_array_equal(transplant(old, new, padded), transplant(old, new, rows))


def test_too_few_rows_are_refused(old: tokenizers.Tokenizer) -> None:
    with pytest.raises(ValueError, match="rows for a vocabulary"):
        transplant(old, old, _rows(old)[:-1])


def test_from_sentencepiece_blanks_and_bytes_find_their_rows(
    sentencepiece: tokenizers.Tokenizer, new: tokenizers.Tokenizer
) -> None:
    rows = _rows(sentencepiece)
    carried = transplant(sentencepiece, new, rows, same={"<|bos|>": "<s>", "<|eos|>": "</s>"})
    ids = Vocabulary(new).ids_of_bytes()
    np.testing.assert_array_equal(carried[ids[b" casa"]], rows[266])
    np.testing.assert_array_equal(carried[ids[b"\xc3"]], rows[_BYTES["<0xC3>"]])
    np.testing.assert_array_equal(carried[1], rows[1])
    np.testing.assert_array_equal(carried[2], rows[2])
    # A special token that has no counterpart begins as the mean of everything.
    np.testing.assert_allclose(carried[5], rows.mean(0), rtol=1e-5)


def test_to_sentencepiece_a_piece_with_a_blank_finds_its_bytes(
    old: tokenizers.Tokenizer, sentencepiece: tokenizers.Tokenizer
) -> None:
    rows = _rows(old)
    carried = transplant(old, sentencepiece, rows)
    np.testing.assert_array_equal(carried[266], rows[Vocabulary(old).ids_of_bytes()[b" casa"]])


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_a_tensor_gives_a_tensor_of_its_type(
    old: tokenizers.Tokenizer, new: tokenizers.Tokenizer, kind: torch.dtype
) -> None:
    rows = torch.nn.Parameter(torch.from_numpy(_rows(old)).to(kind))
    carried = transplant(old, new, rows)
    assert isinstance(carried, torch.Tensor)
    assert carried.dtype == kind
    assert not carried.requires_grad
    torch.testing.assert_close(carried[:64], rows[:64].detach())


@settings(max_examples=50, deadline=None)
@given(content=st.binary(min_size=1, max_size=12))
def test_any_bytes_are_taken_apart_without_loss(old: tokenizers.Tokenizer, content: bytes) -> None:
    vocabulary = Vocabulary(old)
    parts = vocabulary.take_apart(content)
    assert b"".join(vocabulary.contents[i] or b"" for i in parts) == content


def test_contents_agree_with_our_own_tokenizer(old: tokenizers.Tokenizer) -> None:
    assert [content or b"" for content in Vocabulary(old).contents] == Tokenizer(old).token_bytes


def test_every_new_id_has_parts_or_is_special(
    old: tokenizers.Tokenizer, new: tokenizers.Tokenizer
) -> None:
    parts = token_parts(old, new, {})
    special = set(Vocabulary(new).special.values())
    assert all(ids or i in special for i, ids in enumerate(parts))
