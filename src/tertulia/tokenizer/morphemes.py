"""Whether a tokenizer divides words where their endings begin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tertulia.tokenizer.metrics import ratio
from tertulia.tokenizer.opened import OpenedTokenizer

_LETTERS = re.compile(r"[^\W\d_]+")


def boundary_agreement(
    tokenizer: OpenedTokenizer, forms: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """How often tokens divide a word where its ending begins: a stand-in for morphemes.

    `forms` are (form, lemma) of a treebank. The ending is what follows the longest beginning
    that form and lemma share; forms without one, or sharing fewer than two letters, do not
    count, nor do words that are not letters alone. A word is encoded as within a sentence, after
    a blank.

    `agreement` is the share of divided words in which a token ends where the ending begins;
    `by_chance` what it would be with as many cuts in random places; `divided` the share of words
    that are more than one token. The proxy knows nothing of stems that change and of several
    endings in a row. Each pair counts once, however often it stands.
    """
    words = divided = agreed = 0
    chance = 0.0
    for form, lemma in sorted(set(forms)):
        boundary = ending_begins(form, lemma)
        if boundary is None:
            continue
        words += 1
        inner = {end - 1 for end in tokenizer.ends(f" {form}")} & set(range(1, len(form)))
        if inner:
            divided += 1
            agreed += boundary in inner
            chance += len(inner) / (len(form) - 1)
    return {
        "words": words,
        "divided": ratio(divided, words),
        "agreement": ratio(agreed, divided),
        "by_chance": round(chance / divided, 4) if divided else None,
    }


def ending_begins(form: str, lemma: str) -> int | None:
    """Letters before the ending of a form, or None where the proxy says nothing."""
    if not _LETTERS.fullmatch(form) or not _LETTERS.fullmatch(lemma):
        return None
    low, base = form.lower(), lemma.lower()
    shared = 0
    while shared < min(len(low), len(base)) and low[shared] == base[shared]:
        shared += 1
    return shared if 2 <= shared < len(form) else None
