"""Learns a byte-level BPE vocabulary: reserved ids, 256 bytes, merges, padding."""

from __future__ import annotations

from collections.abc import Iterable

import tokenizers

from tertulia.tokenizer.byte_level import byte_of_character, pre_tokenizer
from tertulia.tokenizer.special import BOS, SPECIAL_TOKENS, filler_tokens, padded

_LEAST_COUNT = 2
"""A pair seen once is chance: it is not merged, and the vocabulary gets smaller instead."""


def train_bpe(texts: Iterable[str], vocabulary: int) -> tokenizers.Tokenizer:
    """Merges learnt from `texts`, in a vocabulary of `vocabulary` or, of little text, fewer.

    The size is a multiple of 128. The same texts in whatever order, and whatever the number of
    threads, give the same vocabulary: counts are sums, and ties go by the ids of a pair.
    """
    from tokenizers import decoders, models, processors, trainers

    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizer()
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=padded(vocabulary),
        min_frequency=_LEAST_COUNT,
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
