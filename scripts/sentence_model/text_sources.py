"""Which texts the model and its tokenizer learn from, and how much of each."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from scripts.sentence_model.held_out import HeldOut
from scripts.sentence_model.pairs import Pair, Pairs
from scripts.sentence_model.rows import LANGUAGES, clean, read

TRANSLATIONS = {
    "debian-interface-messages": (150_000, 1),
    "libreoffice": (70_000, 3),
    "pilar-es-valencian": (35_000, 1),
}
"""Pairs at most, and pairs of a row."""

PASSAGES = {"libreoffice": 9_000, "debian-interface-messages": 12_000}

DOCUMENTS = {
    "es": {
        "legalize-ar_argentina-law": 2500,
        "legalize-pe_peru-law": 1500,
        "legalize-uy_uruguay-law": 2500,
        "gimp-help": 600,
        "gnome-mate-help": 800,
        "mdn-web-docs": 1500,
        "python-docs-es": 1000,
        "openstax-fisica-universitaria": 700,
        "openstax-quimica": 700,
        "parlamint-es": 3000,
        "debian-handbook": 300,
        "kde-docs": 1000,
        "opensource-guide": 200,
        "php-manual-es": 600,
    },
    "ca": {
        "legalize-ad_andorra-law": 3000,
        "softcatala-web": 1500,
        "gimp-help": 500,
        "gnome-mate-help": 700,
        "kde-docs": 1200,
        "parlamint-es-ct": 2500,
        "mdn-web-docs": 500,
        "debian-installation-guide": 200,
    },
    "gl": {
        "parlamint-es-ga": 3000,
        "kde-docs": 300,
        "gnome-mate-help": 300,
        "xeracion-gnu": 100,
        "obradoiro-dixital-galego": 100,
        "libreplan-manual": 100,
    },
    "eu": {
        "gnome-mate-help": 400,
        "libreoffice-help": 1500,
        "xezpeleta-blog": 60,
        "programazioa-liburua": 60,
    },
    "ca-valencia": {"libreoffice-help": 800, "kde-docs": 100},
}
"""Pairs out of documents of one language, at most."""

TOKENIZER_CHARACTERS = 5_000_000
"""Of each language."""
TOKENIZER_DOCUMENTS = {
    "eu": ("common-voice-sentences", "gnome-mate-help", "libreoffice-help"),
    "gl": ("parlamint-es-ga", "sli-ctg_technical", "common-voice-sentences", "kde-docs"),
    "ca": (
        "legalize-ad_andorra-law",
        "parlamint-es-ct",
        "softcatala-web",
        "common-voice-sentences",
        "kde-docs",
    ),
    "ca-valencia": ("pilar_valencian", "libreoffice-help"),
    "es": (
        "legalize-ar_argentina-law",
        "legalize-uy_uruguay-law",
        "parlamint-es",
        "mdn-web-docs",
        "openstax-quimica",
        "eltec-spa_novelas",
        "gimp-help",
    ),
}


def all_pairs(data: Path, held_out: HeldOut) -> tuple[list[Pair], dict[str, int]]:
    """Every pair in the order of training, and counts of texts by source and by what became of
    them."""
    pairs = Pairs(data, held_out)
    found: list[Pair] = []
    for name, (most, per_row) in TRANSLATIONS.items():
        found.extend(pairs.translations(name, most=most, per_row=per_row))
    for name, most in PASSAGES.items():
        found.extend(pairs.passages(name, most=most))
    for language, sources in DOCUMENTS.items():
        for name, most in sources.items():
            found.extend(pairs.monolingual(language, name, most=most))
    random.Random(1).shuffle(found)
    return found, {f"{name}: {what}": n for (name, what), n in sorted(pairs.counts.items())}


def tokenizer_texts(data: Path) -> Iterator[str]:
    """Lower-case text, as much of each language."""
    taken: dict[str, int] = defaultdict(int)

    def some(language: str, text: str) -> Iterator[str]:
        if taken[language] < TOKENIZER_CHARACTERS:
            taken[language] += len(text)
            yield text.lower()

    for language, names in TOKENIZER_DOCUMENTS.items():
        share = TOKENIZER_CHARACTERS // len(names)
        for name in names:
            until = taken[language] + share
            for row in read(data / "corpus" / language / f"{name}.jsonl.zst"):
                if taken[language] >= until:
                    break
                yield from some(language, row["text"][:20_000])
    for name in ("debian-interface-messages", "libreoffice"):
        for row in read(data / "parallel" / f"{name}.jsonl.zst"):
            for language in LANGUAGES:
                if isinstance(row.get(language), str):
                    yield from some(language, clean(row[language]))
