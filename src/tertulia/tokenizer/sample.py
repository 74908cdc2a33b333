"""The texts that merges are learnt from: as many bytes of each language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tertulia.errors import DataError


def language_files(corpus: Path, split: str) -> dict[str, Path]:
    """Language -> file of a split of a corpus artifact, by name."""
    return {path.stem: path for path in _by_name(corpus / split)}


def _by_name(folder: Path) -> list[Path]:
    # By name and not by path, where "ca-valencia.parquet" would come before "ca.parquet".
    return sorted(folder.glob("*.parquet"), key=lambda path: path.stem)


def balanced_sample(corpus: Path, sample_bytes: int, seed: int) -> Iterator[str]:
    """Training documents, up to `sample_bytes` of UTF-8 for each language, by a draw of their ids.

    The last document of a language is cut, so that no language exceeds its share. A language
    with less text gives all it has. Raises DataError `tokenizer.no-text` for an empty corpus.
    """
    files = language_files(corpus, "train")
    if not files:
        raise DataError(
            "tokenizer.no-text", "the corpus has no training documents", where=str(corpus)
        )
    for path in files.values():
        yield from _of_language(path, sample_bytes, seed)


def _of_language(path: Path, sample_bytes: int, seed: int) -> Iterator[str]:
    import pyarrow.parquet as pq

    names = pq.read_table(path, columns=["id"]).column("id").to_pylist()
    drawn = sorted(range(len(names)), key=lambda row: _draw(names[row], seed))
    texts = pq.read_table(path, columns=["text"]).column("text")
    left = sample_bytes
    for row in drawn:
        if left <= 0:
            return
        text: str = texts[row].as_py()
        size = len(text.encode())
        # Cutting bytes may split a character: what is left of it is ignored.
        yield text if size <= left else text.encode()[:left].decode(errors="ignore")
        left -= size


def _draw(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"tokenizer\0{seed}\0{name}".encode()).digest()
