"""The vocabulary: its order, its size, and that it is the same every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import tokenizers

from tertulia.tokenizer.pretokens import piece_counts
from tertulia.tokenizer.special import RESERVED, SPECIAL_TOKENS, padded
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe, train_on_counts

_TIES = ["ab cd ef gh ij kl mn op qr st uv wx yz"] * 3
"""Every pair of letters is as frequent as the next."""

_SCRIPT = """
import sys
from tertulia.tokenizer.threads import use_threads
from tertulia.tokenizer.train import train_bpe, train_on_counts
use_threads(int(sys.argv[1]))
words = [chr(97 + i % 26) + chr(97 + i * 7 % 26) + chr(97 + i * i % 26) for i in range(2000)]
texts = [" ".join(words[i:i + 40]) for i in range(0, 2000, 20)]
print(train_bpe(texts, 1024).to_str())
"""


def _vocabulary(threads: int) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(threads)],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def test_reserved_ids_come_first_then_bytes_then_merges(tokenizer: Tokenizer) -> None:
    assert [tokenizer.token_bytes[i] for i in range(RESERVED)] == [b""] * RESERVED
    assert sorted(tokenizer.token_bytes[64:320]) == [bytes([b]) for b in range(256)]
    assert all(len(piece) > 1 for piece in tokenizer.token_bytes[320:500])


def test_the_ten_named_ids_are_those_of_the_contract() -> None:
    assert SPECIAL_TOKENS[:7] == (
        "<|pad|>", "<|bos|>", "<|eos|>", "<|im_start|>", "<|im_end|>", "<|tool|>", "<|cite|>",
    )  # fmt: skip
    assert len(set(SPECIAL_TOKENS)) == 64
    assert SPECIAL_TOKENS[63] == "<|reserved_63|>"


@pytest.mark.parametrize(("asked", "given"), [(384, 384), (385, 512), (8192, 8192)])
def test_a_size_is_padded_to_a_multiple_of_128(asked: int, given: int) -> None:
    assert padded(asked) == given


def test_little_text_gives_a_smaller_vocabulary_that_is_padded_too() -> None:
    assert Tokenizer(train_bpe(["hola hola"], 8192)).vocabulary == 384


def test_ties_are_broken_the_same_way_whatever_the_order_of_texts() -> None:
    texts = [f"{text} {i % 3}" for i, text in enumerate(_TIES * 20)]
    first = json.loads(train_bpe(texts, 400).to_str())["model"]["merges"]
    for _ in range(3):
        assert json.loads(train_bpe(texts[::-1], 400).to_str())["model"]["merges"] == first


def test_runs_and_threads_do_not_change_the_vocabulary(tmp_path: Path) -> None:
    assert _vocabulary(1) == _vocabulary(2) == _vocabulary(2)


def _counts(texts: list[str]) -> pl.DataFrame:
    counted = piece_counts(pl.Series(texts))
    return counted.with_columns(pl.col("count").alias("weight"))


def _merges(backend: tokenizers.Tokenizer) -> list[list[str]]:
    return list(json.loads(backend.to_str())["model"]["merges"])


_WORDS = [f" {a}{b}{c}" for a in ("la", "en", "go") for b in ("ri", "ta", "zu") for c in "aeiou"]


def test_counts_teach_what_the_text_itself_teaches() -> None:
    texts = ["".join(_WORDS[n % 7 :: 1 + n % 5]) for n in range(40)]
    assert _merges(train_on_counts(_counts(texts), 512)) == _merges(train_bpe(texts, 512))


def test_a_tokenizer_of_counts_splits_and_writes_as_any_other() -> None:
    texts = ["".join(_WORDS)] * 3
    ours, plain = train_on_counts(_counts(texts), 512), train_bpe(texts, 512)
    for part in ("pre_tokenizer", "decoder", "post_processor", "added_tokens", "normalizer"):
        assert json.loads(ours.to_str())[part] == json.loads(plain.to_str())[part]


def test_a_pair_that_stood_once_is_not_merged() -> None:
    assert Tokenizer(train_on_counts(_counts([" xyz abc abc"]), 512)).vocabulary == 384
    merges = _merges(train_on_counts(_counts([" xyz abc abc"]), 512))
    assert ["x", "y"] not in merges
    assert ["a", "b"] in merges or ["b", "c"] in merges


def test_a_greater_weight_is_merged_first() -> None:
    counts = pl.DataFrame({"piece": ["xy", "vw"], "weight": [10, 1000], "count": [50, 50]})
    assert _merges(train_on_counts(counts, 384))[0] == ["v", "w"]


def test_the_longest_of_pieces_teach_nothing() -> None:
    counts = pl.DataFrame({"piece": ["xy" * 40, "vw"], "weight": [99, 1], "count": [99, 1]})
    assert ["x", "y"] not in _merges(train_on_counts(counts, 384))
