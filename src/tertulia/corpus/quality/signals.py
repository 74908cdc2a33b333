"""The step `quality`: measures every signal of a document and drops nothing.

The batch is measured in chunks of about a megabyte, which stay in the processor's cache. A
document is never cut, and no value depends on its neighbours, its chunk or its batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tertulia.corpus.step import DROPPED, Step
from tertulia.languages import LANGUAGES, known_base
from tertulia.recipe.quality_spec import SIGNALS

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from tertulia.corpus.quality.shares import Signal

VERSION = 2
PREFIX = "quality."
COUNTS = ("words", "sentences", "lines", "function_words")
"""Signals that are whole numbers (Int32); all others are Float32, null where they do not apply."""
_CHUNK_BYTES = 1 << 20


def quality_signals(languages: Sequence[str] = tuple(LANGUAGES)) -> Step:
    """Adds `quality.X` for every signal X.

    What needs a language's word lists is null in documents of languages not in `languages`,
    read from the column `language` (null is such a language too).
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        numbers = _language_numbers(frame["language"], languages)
        measured = [
            _measured(frame["text"][low:high], numbers[low:high])
            for low, high in _chunks(frame["text"])
        ]
        columns = [_column(name, [part[name] for part in measured]) for name in SIGNALS]
        return frame.with_columns(*columns, pl.lit(None, dtype=pl.String).alias(DROPPED))

    return Step(name="quality", version=VERSION, apply=apply)


def _language_numbers(tags: pl.Series, languages: Sequence[str]) -> NDArray[np.int64]:
    """The position in LANGUAGES of each document's language, -1 for one that is not wanted."""
    import numpy as np

    order = list(LANGUAGES)
    number_of = {}
    for tag in tags.unique():
        base = known_base(tag)
        number_of[tag] = order.index(base) if base is not None and base in languages else -1
    return np.fromiter((number_of[tag] for tag in tags), dtype=np.int64, count=len(tags))


def _chunks(texts: pl.Series) -> Iterator[tuple[int, int]]:
    """Ranges of documents of about `_CHUNK_BYTES`, at least one document each."""
    import numpy as np

    sizes = texts.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    ends = np.cumsum(sizes)
    low = 0
    while low < len(sizes):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + _CHUNK_BYTES, side="right")))
        yield low, high
        low = high


def _measured(texts: pl.Series, languages: NDArray[np.int64]) -> dict[str, Signal]:
    from tertulia.corpus.quality.composition import are_addresses, composition
    from tertulia.corpus.quality.damage import damage
    from tertulia.corpus.quality.hashes import SpanHashes
    from tertulia.corpus.quality.language_words import language_words
    from tertulia.corpus.quality.layout import layout
    from tertulia.corpus.quality.readability import readability
    from tertulia.corpus.quality.repetition import loops, repeated_grams, repeated_spans
    from tertulia.corpus.quality.sentence_ends import ends_sentence
    from tertulia.corpus.quality.spans import lines, paragraphs, terms, words
    from tertulia.corpus.quality.text_bytes import text_bytes

    text = text_bytes(texts)
    all_words, all_terms = words(text), terms(text)
    all_lines, all_paragraphs = lines(all_words), paragraphs(all_words)
    sentence_ends = ends_sentence(all_words)
    addresses = are_addresses(all_words)
    hashes = SpanHashes(text)
    single = hashes.of(all_terms)
    return {
        **composition(all_words, sentence_ends, addresses),
        **layout(all_words, all_lines, sentence_ends),
        **repeated_spans(all_lines, hashes.of(all_lines), "line"),
        **repeated_spans(all_paragraphs, hashes.of(all_paragraphs), "paragraph"),
        **repeated_grams(all_terms, single),
        **loops(all_terms, single),
        **language_words(all_terms, single, languages),
        **damage(all_words, addresses),
        **readability(
            all_words, all_terms, sentence_ends, languages == list(LANGUAGES).index("es")
        ),
    }


def _column(name: str, parts: list[Signal]) -> pl.Series:
    import numpy as np
    import polars as pl

    values = np.concatenate(parts) if parts else np.zeros(0)
    if name in COUNTS:
        return pl.Series(PREFIX + name, values.astype(np.int32))
    return pl.Series(PREFIX + name, values.astype(np.float32), nan_to_null=True)
