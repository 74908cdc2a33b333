"""Runs of words are hashed alike wherever they stand, and never across two texts."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.corpus.contamination import ngrams
from tertulia.corpus.contamination.ngrams import runs, words_of

_TEXTS = st.lists(
    st.one_of(st.none(), st.text(alphabet="aàé ñ'·.-1\nB€", max_size=40)), min_size=1, max_size=8
)


def _spelled(text: str | None) -> list[str]:
    return re.findall(r"[^\W_]+", (text or "").lower())


def _hashes(*texts: str | None) -> list[list[int]]:
    words = words_of(pl.Series("text", list(texts), dtype=pl.String))
    return [part.tolist() for part in np.split(words.hashes, words.starts[1:-1])]


def test_punctuation_case_and_spacing_do_not_count() -> None:
    plain, odd = _hashes("l home diu que no", "«L'HOME», diu:\n  que —no—…")
    assert plain == odd
    assert _hashes("col·lecció") == _hashes("COL. LECCIÓ")


@given(_TEXTS)
def test_words_are_hashed_as_they_are_spelled(texts: list[str | None]) -> None:
    texts = [unicodedata.normalize("NFC", text) if text else text for text in texts]
    hashed = [value for part in _hashes(*texts) for value in part]
    spelled = [word for text in texts for word in _spelled(text)]
    assert [len(part) for part in _hashes(*texts)] == [len(_spelled(text)) for text in texts]
    pairs = set(zip(spelled, hashed, strict=True))
    assert len(pairs) == len(set(spelled)) == len(set(hashed))


@settings(max_examples=50)
@given(_TEXTS, st.sets(st.integers(1, 5), min_size=1))
def test_runs_are_those_of_each_text(texts: list[str | None], lengths: set[int]) -> None:
    words = words_of(pl.Series("text", texts, dtype=pl.String))
    found = {n: len(first) for n, _, first in runs(words, lengths)}
    sizes = np.diff(words.starts)
    for n in lengths:
        assert found.get(n, 0) == int(np.maximum(sizes - n + 1, 0).sum())


def test_a_run_has_one_hash_wherever_it_stands_and_another_for_each_length() -> None:
    words = words_of(pl.Series("text", ["a b c d", "x a b c"]))
    triples = next(hashes for n, hashes, _ in runs(words, [3]))
    assert triples[0] == triples[3]
    pairs = next(hashes for n, hashes, _ in runs(words, [2]))
    assert set(pairs.tolist()).isdisjoint(triples.tolist())


def test_cuts_between_chunks_change_nothing(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    texts = ["paraula " * 50, "", "ñandú", "a b c " * 30]
    whole = _hashes(*texts)
    monkeypatch.setattr(ngrams, "_CHUNK", 64)
    ngrams._tables.cache_clear()
    try:
        assert _hashes(*texts) == whole
    finally:
        ngrams._tables.cache_clear()


def test_hashes_are_the_same_on_every_machine() -> None:
    assert _hashes("Ongi etorri, mundua!") == [
        [6192853628263433537, 1212557368575985323, 3866705250280425778]
    ]
