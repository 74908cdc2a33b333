"""Text to ids and back: exact, and without a way in for reserved tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.errors import DataError, ModelError
from tertulia.tokenizer.special import RESERVED, SPECIAL_TOKENS
from tertulia.tokenizer.tokenizer import FILES, Tokenizer, load_tokenizer
from tertulia.tokenizer.train import train_bpe

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
_LOOK_ALIKES = st.lists(st.one_of(st.sampled_from(SPECIAL_TOKENS), _TEXT), max_size=6).map("".join)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(_TEXT, _LOOK_ALIKES))
def test_decoding_gives_back_every_text_exactly(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


@settings(max_examples=300, deadline=None)
@given(text=_LOOK_ALIKES)
def test_no_text_becomes_a_reserved_id(tokenizer: Tokenizer, text: str) -> None:
    assert all(RESERVED <= i < tokenizer.vocabulary for i in tokenizer.encode(text))


def test_a_filler_of_the_vocabulary_is_no_more_reachable_than_a_reserved_token() -> None:
    tokenizer = Tokenizer(train_bpe(["uno dos uno dos"], 1024))
    assert tokenizer.vocabulary == 384
    assert tokenizer.token_bytes[383] == b""
    assert 383 not in tokenizer.encode("<|filler_383|>")


@pytest.mark.parametrize(
    "text", ["cafe\u0301", "ﬁ", "Å", "  a  b  ", "\r\n\t", "a ,b .", "\ufeffx"]
)
def test_nothing_is_normalised(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_digits_stand_alone(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode("2024")) == 4


def test_a_batch_is_what_its_texts_are_one_by_one(tokenizer: Tokenizer) -> None:
    texts = ["l'avi", "", "<|eos|>", "olas 12\n\n", "😀"]
    assert tokenizer.encode_batch(texts) == [tokenizer.encode(text) for text in texts]


def test_reserved_tokens_are_shown_only_on_request(tokenizer: Tokenizer) -> None:
    ids = [1, *tokenizer.encode("hola"), 4]
    assert tokenizer.decode(ids) == "hola"
    assert tokenizer.decode(ids, show_reserved=True) == "<|bos|>hola<|im_end|>"


def test_bytes_that_are_no_character_are_shown_as_such(tokenizer: Tokenizer) -> None:
    first_byte = tokenizer.token_bytes.index(b"\xc3")
    assert tokenizer.decode([first_byte]) == "\ufffd"


@pytest.mark.parametrize("encode", [lambda t, s: t.encode(s), lambda t, s: t.encode_batch([s])])
def test_half_a_surrogate_pair_is_refused(tokenizer: Tokenizer, encode) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError) as caught:
        encode(tokenizer, "a\ud800")
    assert caught.value.code == "tokenizer.not-text"


def test_saving_and_loading_changes_nothing(tokenizer: Tokenizer, saved: Path) -> None:
    loaded = load_tokenizer(saved)
    text = "La col·lecció de l'avi <|im_start|> 1987 😀\n\n  etxeko"
    assert loaded.encode(text) == tokenizer.encode(text)
    assert loaded.vocabulary == tokenizer.vocabulary
    assert sorted(path.name for path in saved.iterdir()) == sorted(FILES)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "tokenizer.missing"),
        ("{", "tokenizer.damaged"),
        ('{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}', "tokenizer.no-end"),
    ],
)
def test_what_is_no_tokenizer_is_refused(tmp_path: Path, content: str | None, code: str) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load_tokenizer(tmp_path)
    assert caught.value.code == code
