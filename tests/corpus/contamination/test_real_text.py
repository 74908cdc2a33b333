"""On real text the counts are exactly those of comparing the words themselves."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import polars as pl
import zstandard

from tertulia.corpus.contamination.index import build_index
from tertulia.corpus.contamination.step import contamination

N, SHORTEST = 13, 8
CLEAN_BYTES = 5_000_000


def _texts(part: str, language: str) -> Iterator[str]:
    path = Path(str(files("tertulia.shipped"))) / "starter" / part / f"{language}.jsonl.zst"
    with path.open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            yield json.loads(line)["text"]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _runs(words: list[str], n: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + n]) for at in range(len(words) - n + 1))


def test_five_megabytes_have_the_hits_that_their_words_have_and_no_other(tmp_path: Path) -> None:
    suite = [line for text in _texts("held_out", "gl") for line in text.splitlines()][:4000]
    sought: set[tuple[str, ...]] = set()
    for words in map(_words, suite):
        sought |= set(_runs(words, N)) if len(words) >= N else {tuple(words)}
    sought = {run for run in sought if len(run) >= SHORTEST}
    texts, size = [], 0
    for language in ("gl", "es"):
        for text in _texts("train", language):
            # Combining marks and joiners are words to one expression and not to the other.
            if size < CLEAN_BYTES and re.fullmatch(r"[\x00-\x7f\xa0-\xff€–—‘’“”…]*", text):
                texts.append(text)
                size += len(text.encode())
    assert size > CLEAN_BYTES
    step = contamination(build_index({"suite": suite}, tmp_path / "index", n=N, shortest=SHORTEST))
    found = step.apply(pl.DataFrame({"text": texts}))["contamination.ngrams"].to_list()
    lengths = {len(run) for run in sought}
    expected = [
        sum(run in sought for n in lengths for run in _runs(_words(text), n)) for text in texts
    ]
    assert found == expected
    # Some lines of real documents recur; a text in another language shares none.
    assert 0 < sum(count > 0 for count in expected) < len(texts) / 10
