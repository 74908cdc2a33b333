"""Streaming: whole characters as soon as they are whole."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.tokenizer.special import IM_END
from tertulia.tokenizer.tokenizer import Tokenizer


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_the_pieces_make_the_text(tokenizer: Tokenizer, text: str) -> None:
    decoder = tokenizer.stream_decoder()
    pieces = [decoder.push(i) for i in tokenizer.encode(text)]
    assert "".join(pieces) + decoder.finish() == text


def test_no_piece_shows_half_a_character(tokenizer: Tokenizer) -> None:
    decoder = tokenizer.stream_decoder()
    ids = tokenizer.encode("🦊")
    assert len(ids) > 1
    assert [decoder.push(i) for i in ids] == [""] * (len(ids) - 1) + ["🦊"]


def test_an_end_within_a_character_is_shown_and_forgotten(tokenizer: Tokenizer) -> None:
    decoder = tokenizer.stream_decoder()
    assert decoder.push(tokenizer.encode("🦊")[0]) == ""
    assert decoder.finish() == "\ufffd"
    assert decoder.push(tokenizer.encode("a")[0]) == "a"


def test_a_reserved_token_gives_no_text(tokenizer: Tokenizer) -> None:
    assert tokenizer.stream_decoder().push(IM_END) == ""
