"""From steps to pieces: characters whole, stops cut, likelihoods with the text they belong to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tertulia.errors import ModelError
from tertulia.inference.answer import Answer
from tertulia.inference.decoding_batch import Decoded, TokenText
from tertulia.inference.text_engine import Piece, TextRequest, TokenLikelihood
from tests.release.tiny_model import build_tokenizer


def told(text: str) -> TokenLikelihood:
    return TokenLikelihood(text=text, utf8=text.encode(), log_probability=-1.0)


def grown(steps: list[tuple[str, bool]], **settings: Any) -> list[Piece]:
    """The pieces of an answer whose tokens are the steps' texts; true where it ends."""

    async def work() -> list[Piece]:
        answer = Answer(1, (1, 2, 3), TextRequest(**settings), "")
        pieces = []
        for number, (text, ends) in enumerate(steps, 1):
            decoded = Decoded(
                key=1,
                text=text,
                tokens=number,
                likelihoods=(told(text),),
                cached=2,
                finish="length" if ends else None,
            )
            piece = answer.grow(decoded)
            assert not isinstance(piece, ModelError)
            if piece is not None:
                pieces.append(piece)
                if piece.finish is not None:
                    break
        return pieces

    return asyncio.run(work())


def test_likelihoods_come_with_the_text_they_are_of() -> None:
    pieces = grown([("a", False), ("b", False), ("cd", False), ("x", True)], stop=("bcy",))
    assert [(piece.text, [one.text for one in piece.likelihoods]) for piece in pieces] == [
        ("a", ["a"]),
        ("bcd", ["b", "cd"]),
        ("x", ["x"]),
    ]


def test_tokens_of_a_stop_string_are_not_told() -> None:
    pieces = grown([("ab", False), ("cd", False), ("ef", False)], stop=("de",))
    assert "".join(piece.text for piece in pieces) == "abc"
    assert [one.text for piece in pieces for one in piece.likelihoods] == ["ab"]
    assert pieces[-1].finish == "stop"


def test_the_end_releases_what_was_held_and_says_how_much_it_was() -> None:
    pieces = grown([("a", False), ("b", True)], stop=("bx",))
    assert pieces[-1].text == "b"
    usage = pieces[-1].usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (3, 2, 2)


def test_a_slow_reader_gets_larger_pieces() -> None:
    async def work() -> list[Piece]:
        answer = Answer(1, (1,), TextRequest(), "")
        for letter in "abc":
            answer.put(Piece(text=letter, likelihoods=(told(letter),)))
        answer.put(Piece(text="d", finish="stop"))
        return [piece async for piece in answer.pieces()]

    [piece] = asyncio.run(work())
    assert (piece.text, piece.finish) == ("abcd", "stop")
    assert [one.text for one in piece.likelihoods] == ["a", "b", "c"]


def test_an_error_ends_it_whatever_came_before() -> None:
    async def work() -> None:
        answer = Answer(1, (1,), TextRequest(), "")
        answer.put(Piece(text="a"))
        answer.put(ModelError("inference.failed", "it fails"))
        with pytest.raises(ModelError):
            async for _ in answer.pieces():
                pass
        assert answer.over

    asyncio.run(work())


@pytest.mark.parametrize("text", ["😀", "👩‍👩‍👧 l·l", "ñandú €", "«cometes» i més…"])
def test_no_character_is_ever_split(text: str) -> None:
    tokenizer = build_tokenizer()
    pieces = TokenText(tokenizer)
    # Each byte as a token of its own.
    of_byte = {content: n for n, content in enumerate(tokenizer.token_bytes) if len(content) == 1}
    written = [pieces.push(of_byte[bytes([byte])]) for byte in text.encode()]
    assert "".join(written) == text
    assert "\ufffd" not in "".join(written)
    assert [piece for piece in written if piece] == list(text)
    assert pieces.finish() == ""
