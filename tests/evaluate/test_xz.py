"""The compression baseline is its definition: two lengths of `xz -9e`, subtracted."""

from __future__ import annotations

import lzma
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import StoreError
from tertulia.evaluate import xz
from tertulia.evaluate.xz import start_xz

WORDS = re.findall(
    r"\w+", "la el de que i a en un per amb no és com més però si dir casa mar cel nit"
)


def documents(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(5, 60))) + " ñ·" for _ in range(count)]


def compressed(texts: list[str], dictionary: int) -> int:
    """The length of all texts through the whole-message interface of the standard library."""
    filters: list[dict[str, Any]] = [
        {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": dictionary}
    ]
    data = "".join(text + "\n" for text in texts).encode()
    return len(lzma.compress(data, format=lzma.FORMAT_RAW, filters=filters))


def test_equals_compressing_each_pair_anew(tmp_path: Path) -> None:
    training = documents(1, 900)
    held_out = {"held_out/ca": documents(2, 40), "unseen/eu": ["zzz " * 9, "Ongi etorri! 🎉"]}
    baseline = start_xz(training, held_out, tmp_path)
    figures = baseline.bits_per_byte()
    assert baseline.training_bytes == sum(len(text.encode()) for text in training)
    for name, texts in held_out.items():
        added = compressed(training + texts, 1 << 24) - compressed(training, 1 << 24)
        size = sum(len(text.encode()) for text in texts)
        # The dictionary's size does not change the stream as long as everything fits in it.
        assert figures[name] == pytest.approx(8 * added / size, abs=1e-12)


def test_training_text_makes_the_held_out_text_cheaper(tmp_path: Path) -> None:
    training = documents(1, 300)
    figures = start_xz(training, {"seen": training[:40], "new": ["QWZXKJ" * 9]}, tmp_path)
    answer = figures.bits_per_byte()
    assert answer["seen"] < 0.5 < answer["new"]


def test_training_text_beyond_the_limit_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xz, "MAX_TRAINING_BYTES", 10)
    baseline = start_xz(["12345", "6789", "abc"], {"t": ["x"]}, tmp_path)
    baseline.bits_per_byte()
    assert baseline.training_bytes == 9


def test_a_worker_that_fails_says_so(tmp_path: Path) -> None:
    baseline = start_xz(["a"], {"t": ["b"]}, tmp_path)
    baseline.stop()
    baseline = start_xz(["a" * 20_000_000], {"t": ["b"]}, tmp_path)
    baseline.process.kill()
    with pytest.raises(StoreError) as caught:
        baseline.bits_per_byte()
    assert caught.value.code == "evaluate.xz-failed"
