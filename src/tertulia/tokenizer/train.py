"""Learns a byte-level BPE vocabulary: reserved ids, 256 bytes, merges, padding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import tokenizers

from tertulia.tokenizer.byte_level import byte_of_character, pre_tokenizer
from tertulia.tokenizer.pretokens import SEPARATOR
from tertulia.tokenizer.special import BOS, SPECIAL_TOKENS, filler_tokens, padded

if TYPE_CHECKING:
    import polars as pl

_LEAST_COUNT = 2
"""A pair seen once is chance: it is not merged, and the vocabulary gets smaller instead."""

_MOST_COPIES = 10_000_000
"""Copies of pieces that a text stands for at most: the time that learning takes."""

_COPIES_PER_PIECE = 4
"""Copies of a piece that stood once in a small text, so that weights below 1 still count."""

_COPIES_PER_ENTRY = 8
"""A piece as frequent as this times the mean of the vocabulary's entries is merged whole in any
case; more copies of it would only cost time."""

_COPIES_IN_ANY_CASE = 1000
"""So many cost no time, and a small text keeps its proportions."""

_LONGEST_PIECE = 64
"""Bytes; a longer one is no word, and merges of it would be of no use elsewhere."""

_LARGE = 10**15
_TEXT_BYTES = 64_000


def train_bpe(texts: Iterable[str], vocabulary: int) -> tokenizers.Tokenizer:
    """Merges learnt from `texts`, in a vocabulary of `vocabulary` or, of little text, fewer.

    The size is a multiple of 128. The same texts in whatever order, and whatever the number of
    threads, give the same vocabulary: counts are sums, and ties go by the ids of a pair.
    """
    return _learnt(texts, vocabulary, pre_tokenizer(), _LEAST_COUNT)


def train_on_counts(counts: pl.DataFrame, vocabulary: int) -> tokenizers.Tokenizer:
    """As `train_bpe`, from columns `piece`, `weight` and `count` such as `balanced` gives.

    The library learns from texts only. So it gets one in which each piece stands as often as its
    weight says, in proportion: far shorter than the text that was counted.
    """
    from tokenizers import Regex
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

    stood = int(counts["count"].sum())
    copies = min(_MOST_COPIES, _COPIES_PER_PIECE * stood)
    least = max(_LEAST_COUNT, _LEAST_COUNT * copies // max(1, stood))
    pieces = Sequence(
        [
            Split(Regex(SEPARATOR), behavior="removed"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    most = max(_COPIES_IN_ANY_CASE, _COPIES_PER_ENTRY * copies // vocabulary)
    texts = _texts(_copied(counts, copies, most))
    backend = _learnt(texts, vocabulary, pieces, least)
    backend.pre_tokenizer = pre_tokenizer()
    return backend


def _copied(counts: pl.DataFrame, copies: int, most: int) -> Iterator[tuple[str, int]]:
    """(piece, how many copies), the most frequent first."""
    import polars as pl

    total = max(1, int(counts["weight"].sum()))
    # Whole numbers throughout; small weights are made large so that dividing them loses nothing.
    scale = max(1, _LARGE // total)
    unit = max(1, total * scale // max(1, copies))
    scaled = (pl.col("weight") * scale + unit // 2) // unit
    rows = (
        counts.filter(pl.col("piece").str.len_bytes() <= _LONGEST_PIECE)
        .select("piece", scaled.clip(0, most).alias("copies"))
        .filter(pl.col("copies") > 0)
        .sort("copies", "piece", descending=[True, False])
    )
    for part in rows.iter_slices(10_000):
        yield from part.iter_rows()


def _texts(copied: Iterator[tuple[str, int]]) -> Iterator[str]:
    parts: list[str] = []
    size = 0
    for piece, copies in copied:
        ended = piece + SEPARATOR
        while copies:
            some = min(copies, 1 + _TEXT_BYTES // len(ended))
            parts.append(ended * some)
            size += len(parts[-1])
            copies -= some
            if size >= _TEXT_BYTES:
                yield "".join(parts)
                parts, size = [], 0
    yield "".join(parts)


def _learnt(
    texts: Iterable[str],
    vocabulary: int,
    split: tokenizers.pre_tokenizers.PreTokenizer,
    least: int,
) -> tokenizers.Tokenizer:
    from tokenizers import decoders, models, processors, trainers

    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = split
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=padded(vocabulary),
        min_frequency=least,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(byte_of_character()),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    backend.add_special_tokens(filler_tokens(backend.get_vocab_size()))
    # transformers then begins a text as training does; `encode` of ours leaves it to the caller.
    backend.post_processor = processors.TemplateProcessing(
        single=f"{SPECIAL_TOKENS[BOS]} $A",
        pair=f"{SPECIAL_TOKENS[BOS]} $A $B:1",
        special_tokens=[(SPECIAL_TOKENS[BOS], BOS)],
    )
    return backend
