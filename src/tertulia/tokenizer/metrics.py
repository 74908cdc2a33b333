"""How well any tokenizer fits a text: figures that compare across tokenizers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from tertulia.errors import DataError
from tertulia.tokenizer.opened import OpenedTokenizer

BSC_WORD = r"[ ]?[\p{L}]+|[ ]?[^\p{L}\p{N} \t\n]+|[ ]+|[\t]+|[\n]+|\d{1}"
"""A word in the figures that the Barcelona Supercomputing Center's langtech_tokenizers gives:
runs of letters, of other signs and of blanks, and each digit by itself."""

RENYI_ORDER = 2.5
"""At which Rényi efficiency went best with the quality of translations (Zouhar et al. 2023)."""

_TEXTS_AT_A_TIME = 1000


def measure(tokenizer: OpenedTokenizer, texts: Iterable[str]) -> dict[str, Any]:
    """Figures of the texts, each encoded by itself.

    `tokens_per_word`, a word being what stands between blanks; `tokens_per_bsc_word`, one that
    `BSC_WORD` finds; `bytes_per_token`; `vocabulary_used`, the share of ids that occur;
    `renyi_efficiency`; `round_trip`, the share of texts that decoding gives back unchanged; and
    the counts behind them. Ratios of nothing are None.
    """
    used: dict[int, int] = {}
    sums = dict.fromkeys(("texts", "words", "bsc_words", "bytes", "tokens", "unchanged"), 0)
    for some in batched_texts(texts):
        encoded = tokenizer.encode_batch(some)
        sums["texts"] += len(some)
        sums["words"] += sum(len(text.split()) for text in some)
        sums["bsc_words"] += bsc_words(some)
        sums["bytes"] += sum(len(text.encode()) for text in some)
        for text, ids in zip(some, encoded, strict=True):
            sums["tokens"] += len(ids)
            sums["unchanged"] += tokenizer.decode(ids) == text
            for i in ids:
                used[i] = used.get(i, 0) + 1
    return {
        "tokens_per_word": ratio(sums["tokens"], sums["words"]),
        "tokens_per_bsc_word": ratio(sums["tokens"], sums["bsc_words"]),
        "bytes_per_token": ratio(sums["bytes"], sums["tokens"]),
        "vocabulary_used": ratio(len(used), tokenizer.vocabulary),
        "renyi_efficiency": renyi_efficiency(used.values(), tokenizer.vocabulary),
        "round_trip": ratio(sums["unchanged"], sums["texts"]),
        **{key: sums[key] for key in ("texts", "words", "bsc_words", "bytes", "tokens")},
    }


def bsc_words(texts: Sequence[str]) -> int:
    """How many words `BSC_WORD` finds."""
    import polars as pl

    return int(pl.Series(texts, dtype=pl.String).str.count_matches(BSC_WORD).sum() or 0)


def renyi_efficiency(counts: Iterable[int], vocabulary: int) -> float | None:
    """Rényi entropy of order 2.5 of how often ids occur, over the logarithm of the vocabulary.

    1 where all ids are equally frequent; None where there is no token or but one id.
    """
    seen = list(counts)
    total = sum(seen)
    if not total or vocabulary < 2:
        return None
    power = math.fsum((count / total) ** RENYI_ORDER for count in seen)
    return round(math.log(power) / (1 - RENYI_ORDER) / math.log(vocabulary), 4)


def parity(measured: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """`parity`, the most tokens over the fewest, and each text's tokens over the fewest.

    `measured` holds what `measure` gave for the same text in several languages, by name. Raises
    DataError `tokenizer.not-parallel` where they do not hold the same number of texts.
    """
    if len({figures["texts"] for figures in measured.values()}) > 1:
        numbers = ", ".join(f"{name}: {figures['texts']}" for name, figures in measured.items())
        raise DataError(
            "tokenizer.not-parallel",
            f"files that should hold the same text have different numbers of lines ({numbers})",
            remedy="Give files that are aligned line by line",
        )
    tokens = {name: int(figures["tokens"]) for name, figures in measured.items()}
    fewest = min(tokens.values(), default=0)
    if not fewest:
        return {"parity": None, "tokens_over_fewest": dict.fromkeys(tokens)}
    return {
        "parity": round(max(tokens.values()) / fewest, 4),
        "tokens_over_fewest": {name: round(n / fewest, 4) for name, n in tokens.items()},
    }


def batched_texts(texts: Iterable[str]) -> Iterator[list[str]]:
    """Lists of some texts each."""
    rest = iter(texts)
    while some := list(islice(rest, _TEXTS_AT_A_TIME)):
        yield some


def ratio(part: float, whole: float) -> float | None:
    """A quotient to four places; None over nothing."""
    return round(part / whole, 4) if whole else None
