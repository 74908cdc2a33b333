"""The vocabulary: its order, its size, and that it is the same every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tertulia.tokenizer.special import RESERVED, SPECIAL_TOKENS, padded
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe

_TIES = ["ab cd ef gh ij kl mn op qr st uv wx yz"] * 3
"""Every pair of letters is as frequent as the next."""

_SCRIPT = """
import sys
from tertulia.tokenizer.threads import use_threads
from tertulia.tokenizer.train import train_bpe
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
