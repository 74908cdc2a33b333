"""What our own batch does between steps: long prompts in pieces, errors apart, seeds alike."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tertulia.inference import torch_batch
from tertulia.inference.decoding_batch import Decoded
from tertulia.inference.text_engine import TextRequest
from tertulia.inference.torch_batch import TorchBatch
from tertulia.inference.torch_engine import TorchEngine
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.tokenizer import Tokenizer
from tests.release.tiny_model import build_model, build_tokenizer

GREEDY = TextRequest(max_tokens=12, temperature=0.0)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return build_tokenizer()


@pytest.fixture(scope="module")
def model(tokenizer: Tokenizer) -> Transformer:
    return build_model(tied=True, vocabulary=tokenizer.vocabulary)


@pytest.fixture
def batch(model: Transformer, tokenizer: Tokenizer) -> TorchBatch:
    return TorchBatch(model, tokenizer, prefix_cache_bytes=2**20)


def prompt(tokenizer: Tokenizer, text: str) -> list[int]:
    return [tokenizer.special.start, *tokenizer.encode(text)]


def finished(batch: TorchBatch, *, steps: int = 200) -> dict[int, list[Decoded]]:
    """All that is written until every sequence has ended."""
    heard: dict[int, list[Decoded]] = {}
    for _ in range(steps):
        for decoded in batch.step():
            heard.setdefault(decoded.key, []).append(decoded)
        if not batch._reading and not batch._writing:
            return heard
    raise AssertionError("it does not end")


def text_of(decoded: list[Decoded]) -> str:
    return "".join(one.text for one in decoded)


@pytest.mark.parametrize("temperature", [0.0, 0.9])
def test_it_writes_what_the_engine_of_one_sequence_writes(
    batch: TorchBatch, model: Transformer, tokenizer: Tokenizer, temperature: float
) -> None:
    ids = prompt(tokenizer, "La casa")
    engine = TorchEngine(model)
    theirs = list(
        engine.generate(
            ids,
            max_tokens=12,
            temperature=temperature,
            top_p=0.9,
            seed=4,
            stop_ids=tokenizer.special.stops,
        )
    )
    batch.begin(1, ids, TextRequest(max_tokens=12, temperature=temperature, top_p=0.9, seed=4))
    assert text_of(finished(batch)[1]) == tokenizer.decode(theirs)


def test_a_long_prompt_does_not_silence_the_others(
    batch: TorchBatch, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_batch, "_PIECE", 8)
    batch.begin(1, prompt(tokenizer, "O mar"), TextRequest(max_tokens=30, temperature=0.0))
    batch.step()
    long = prompt(tokenizer, "La il·lusió col·lectiva de l'Alzina era arribar d'hora")
    batch.begin(2, long, GREEDY)
    pieces = -(-len(long) // 8)
    steps = [{one.key for one in batch.step()} for _ in range(pieces)]
    assert steps == [{1}] * (pieces - 1) + [{1, 2}]
    in_pieces = text_of(finished(batch)[2])
    assert in_pieces
    whole = TorchBatch(batch._model, tokenizer, prefix_cache_bytes=0)
    monkeypatch.setattr(torch_batch, "_PIECE", 256)
    whole.begin(2, long, GREEDY)
    assert text_of(finished(whole)[2]).endswith(in_pieces)


def test_the_next_turn_reads_only_what_is_new(batch: TorchBatch, tokenizer: Tokenizer) -> None:
    """Also what was written before is kept."""
    first = prompt(tokenizer, "Zenbat ordu behar dituzu")
    batch.begin(1, first, GREEDY)
    written = finished(batch)[1]
    answer = [*first, *batch._prefixes._entries[-1].ids[len(first) :].tolist()]
    assert len(answer) >= len(first) + written[-1].tokens - 1
    batch.begin(2, [*answer, *tokenizer.encode(" Eta?")], GREEDY)
    assert finished(batch)[2][0].cached == len(answer)


def test_a_row_that_cannot_be_sampled_fails_alone(
    batch: TorchBatch, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in range(3):
        batch.begin(key, prompt(tokenizer, "La casa"), GREEDY)
    sample = torch_batch._sample

    def fails_for_one(row: torch_batch._Row, logits_V: torch.Tensor) -> int:
        if row.key == 1 and len(row.ids) == row.prompt + 2:
            raise RuntimeError("not this one")
        return sample(row, logits_V)

    monkeypatch.setattr(torch_batch, "_sample", fails_for_one)
    heard = finished(batch)
    assert heard[1][-1].error is not None
    assert heard[1][-1].error.code == "inference.failed"
    assert text_of(heard[0]) == text_of(heard[2])
    assert heard[0][-1].tokens > 2


def test_more_alternatives_than_there_are_tokens_are_all_of_them(
    batch: TorchBatch, tokenizer: Tokenizer
) -> None:
    asked = TextRequest(max_tokens=1, temperature=0.0, log_probabilities=10**6)
    batch.begin(1, prompt(tokenizer, "La casa"), asked)
    [told] = finished(batch)[1][-1].likelihoods
    assert len(told.alternatives) == tokenizer.vocabulary


def test_rows_end_in_any_order_and_free_their_place(
    batch: TorchBatch, tokenizer: Tokenizer
) -> None:
    alone = {}
    for key, text in enumerate(("La casa", "O mar da Coruña", "Non sei", "Què")):
        batch.begin(key, prompt(tokenizer, text), GREEDY)
        alone[key] = text_of(finished(batch)[key])
    for key, text in enumerate(("La casa", "O mar da Coruña", "Non sei", "Què")):
        most = TextRequest(max_tokens=12 - 3 * key, temperature=0.0)
        batch.begin(key, prompt(tokenizer, text), most)
    batch.step()
    batch.end(0)
    batch.end(99)
    heard = finished(batch)
    for key in (1, 2, 3):
        assert alone[key].startswith(text_of(heard[key]).rstrip("\ufffd"))
    assert batch._cache.lengths == []


def test_a_reset_drops_all_and_goes_on(batch: TorchBatch, tokenizer: Tokenizer) -> None:
    for key in range(3):
        batch.begin(key, prompt(tokenizer, "La casa"), GREEDY)
        batch.step()
    batch.reset()
    assert batch.step() == []
    batch.begin(9, prompt(tokenizer, "La casa"), GREEDY)
    assert list(finished(batch)) == [9]


def test_no_prefix_is_kept_where_there_is_no_room_for_one(
    model: Transformer, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    batch = TorchBatch(model, tokenizer, prefix_cache_bytes=0)
    for key in (1, 2):
        batch.begin(key, prompt(tokenizer, "La casa"), GREEDY)
        assert finished(batch)[key][-1].cached == 0
