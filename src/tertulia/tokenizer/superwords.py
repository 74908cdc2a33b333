"""Tokens that hold two words, such as " de la": a second tokenizer beside the one of the contract.

No released engine knows its pre-tokeniser, so a model with it runs in our engine and in
transformers alone. Every merge of the base tokenizer keeps its place, and the pairs come after
them: within a word nothing is divided differently.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import tokenizers

from tertulia.tokenizer.byte_level import byte_of_character
from tertulia.tokenizer.special import filler_tokens

if TYPE_CHECKING:
    import polars as pl

PRE = "tertulia-superwords"
"""What this pre-tokeniser is called where one is named; no engine knows it."""

SPLIT = (
    r"(?:[^\r\n\p{L}\p{N}]?\p{L}+)(?: \p{L}+)*"
    r"|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+"
    r"|\s+(?!\S)"
    r"|\s+"
)
"""As `byte_level.SPLIT`, but words with single blanks between them stay together."""

_WORD_OR_SIGN = r"[^\r\n\p{L}\p{N}]?\p{L}+|[^\p{L}]"


def word_pairs(texts: pl.Series) -> pl.DataFrame:
    """Columns `left`, `right` and `count` of words with one blank between them, in no order.

    Memory goes with the length of the texts: give them in batches.
    """
    import polars as pl

    pieces = (
        texts.rename("left")
        .to_frame()
        .with_row_index("text")
        .with_columns(pl.col("left").str.extract_all(_WORD_OR_SIGN))
        .explode("left", empty_as_null=False)
    )
    word = pl.col("left").str.contains(r"\p{L}")
    following = pl.col("right").str.contains(r"^ \p{L}")
    return (
        pieces.with_columns(
            pl.col("left").shift(-1).alias("right"), pl.col("text").shift(-1).alias("next")
        )
        .filter((pl.col("text") == pl.col("next")) & word & following)
        .group_by("left", "right")
        .agg(pl.len().cast(pl.Int64).alias("count"))
    )


def with_superwords(
    base: tokenizers.Tokenizer, pairs: Iterable[tuple[str, str]], vocabulary: int
) -> tokenizers.Tokenizer:
    """`base` with tokens for the first pairs whose words are tokens of it, up to `vocabulary`.

    Fillers of `base` are dropped and new ones added. Decoding gives back every text, as before.
    """
    settings = json.loads(base.to_str())
    vocab, merges = settings["model"]["vocab"], settings["model"]["merges"]
    fillers = {t["content"] for t in settings["added_tokens"] if "|filler_" in t["content"]}
    settings["added_tokens"] = [
        token for token in settings["added_tokens"] if token["content"] not in fillers
    ]
    for filler in fillers:
        vocab.pop(filler, None)
    character_of = {byte: character for character, byte in byte_of_character().items()}
    for pair in pairs:
        if len(vocab) >= vocabulary:
            break
        left, right = ("".join(character_of[byte] for byte in word.encode()) for word in pair)
        if left in vocab and right in vocab and left + right not in vocab:
            vocab[left + right] = len(vocab)
            merges.append([left, right])
    settings["pre_tokenizer"]["pretokenizers"][0]["pattern"] = {"Regex": SPLIT}
    made = tokenizers.Tokenizer.from_str(json.dumps(settings))
    made.add_special_tokens(filler_tokens(made.get_vocab_size()))
    return made
