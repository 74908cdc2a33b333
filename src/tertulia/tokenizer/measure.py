"""How well a tokenizer fits each language: tokens per word, bytes per token.

A word is what stands between blanks. Measured on held-out documents, Valencian apart from
Catalan; on unseen ones in a language that has none held out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tertulia.tokenizer.byte_level import PRE
from tertulia.tokenizer.sample import language_files
from tertulia.tokenizer.tokenizer import Tokenizer

_ENOUGH_BYTES = 4_000_000
"""Of text per language; the ratios then hold to about a thousandth."""


def measure_texts(tokenizer: Tokenizer, texts: Iterable[str]) -> dict[str, float]:
    """`tokens_per_word` and `bytes_per_token` over all texts, which hold at least one word."""
    tokens = words = size = 0
    for text in texts:
        tokens += len(tokenizer.encode(text))
        words += len(text.split())
        size += len(text.encode())
        if size >= _ENOUGH_BYTES:
            break
    return {"tokens_per_word": round(tokens / words, 4), "bytes_per_token": round(size / tokens, 4)}


def measure_corpus(tokenizer: Tokenizer, corpus: Path) -> dict[str, Any]:
    """The content of `measure.json` for a corpus artifact."""
    files = language_files(corpus, "unseen") | language_files(corpus, "held_out")
    return {
        "schema": 1,
        "vocabulary": tokenizer.vocabulary,
        "languages": {
            tag: measure_texts(tokenizer, _texts(path)) for tag, path in sorted(files.items())
        },
        "pre": PRE,
    }


def _texts(path: Path) -> Iterator[str]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["text"], batch_size=256):
            yield from batch.column("text").to_pylist()
