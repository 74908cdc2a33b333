"""The sentence sets that language identification is measured on, each in one language."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scripts.language_id.held_out import FIREFOX, UDHR, UNSEEN
from scripts.language_id.reading import (
    by_digest,
    corpus_lines,
    firefox_messages,
    html_blocks,
    one_line,
    open_text,
    rows,
    treebank_sentences,
)
from tertulia.languages import LANGUAGES

LONGER_THAN = 40
LONGEST = 1000
"""Characters: a sentence has more than the first and at most the second."""
MOST_LINES = 1000
"""Of one set in one language, drawn by digest."""

_LETTER = re.compile(r"[^\W\d_]")
_ENGLISH = re.compile(r"the|of|and|to|in|is|for|with|this|that|you|are|be|or|by|from")
_ONLY_ENGLISH = re.compile(r"the|of|and|to|with|this|that|you|are|for")
_TREEBANKS = {"es": "Spanish-GSD/es_gsd", "eu": "Basque-BDT/eu_bdt", "gl": "Galician-CTG/gl_ctg"}

Sets = dict[tuple[str, str], list[str]]
"""(set, language) -> sentences. Valencian counts as `ca`."""


def sentence_sets(data: Path, packages: Path) -> Sets:
    """Every set, cleaned and drawn; `packages` holds the unpacked packages of the neighbours."""
    sets: dict[tuple[str, str], list[str]] = {}
    for name, language, lines in (*_evaluation(data), *_unseen(data), *_neighbours(packages)):
        sets.setdefault((name, language), []).extend(lines)
    # A line that two languages of a set share was never translated: its label would be wrong.
    languages = Counter((name, line) for (name, _), lines in sets.items() for line in set(lines))
    drawn = {
        (name, language): by_digest(
            [x for x in lines if languages[name, x] == 1 and _is_sentence(x, language)]
        )
        for (name, language), lines in sets.items()
    }
    return {key: lines[:MOST_LINES] for key, lines in sorted(drawn.items())}


def _is_sentence(line: str, language: str) -> bool:
    """Long enough, mostly letters, and not an English line left untranslated.

    The last is told by function words alone, so that no detector decides what it is tested on.
    """
    if not LONGER_THAN < len(line) <= LONGEST or len(_LETTER.findall(line)) < len(line) * 0.6:
        return False
    if language == "en":
        return True
    words = re.findall(r"[^\W\d_]+", line.lower())
    if language not in LANGUAGES:
        return sum(_ONLY_ENGLISH.fullmatch(word) is not None for word in words) < 2
    own = set(LANGUAGES[language].function_words)
    english = sum(_ENGLISH.fullmatch(word) is not None and word not in own for word in words)
    return english <= sum(word in own for word in words)


def _evaluation(data: Path) -> Iterator[tuple[str, str, list[str]]]:
    folder = data / "evaluation"
    for language, stem in _TREEBANKS.items():
        for part in ("dev", "test"):
            path = folder / f"UD_{stem}-ud-{part}.conllu.zst"
            yield "treebank", language, treebank_sentences(path)
    for language, code in (("es", "spa"), ("ca", "cat"), ("eu", "eus"), ("gl", "glg")):
        text = (data / "parallel" / "udhr" / f"{code}.txt").read_text(encoding="utf-8")
        yield "udhr", language, [one_line(line) for line in text.splitlines()]
    for language, name in (("es", "es"), ("ca", "va")):
        with open_text(folder / f"pilar-dogv_es-va_mt/DOGV-html_test_{name}.txt.zst") as stream:
            yield "dogv", language, [one_line(line) for line in stream]
    for language in ("es", "ca", "eu", "gl", "en"):
        with open_text(folder / f"truthfulqa-multi/{language}/validation.json.zst") as stream:
            items = json.load(stream)
        answers = [answer for item in items for answer in item["correct_answers"]]
        yield "truthfulqa", language, [one_line(text) for text in answers]
    for language in ("es", "ca"):
        for path in sorted((folder / f"esbbq-cabbq/data_{language}").glob("*.zst")):
            yield "bbq", language, [one_line(row["context"]) for row in rows(path)]
    for language in ("es", "en"):
        with open_text(folder / f"mgsm/mgsm_{language}.tsv") as stream:
            yield "mgsm", language, [one_line(line.split("\t")[0]) for line in stream]
    trivia = rows(folder / "latxa-eval-rows/eus_trivia_test.jsonl.zst")
    yield "trivia", "eu", [one_line(row["question"]) for row in trivia]
    for path in sorted((folder / "latxa-eval-rows").glob("eus_exams*")):
        yield "exams", "eu", [one_line(row["question"]) for row in rows(path)]


def _unseen(data: Path) -> Iterator[tuple[str, str, list[str]]]:
    for variety, sources in UNSEEN.items():
        for source in sources:
            yield f"corpus/{source}", variety.split("-")[0], corpus_lines(data, variety, source)


def _neighbours(packages: Path) -> Iterator[tuple[str, str, list[str]]]:
    for language, pages in UDHR.items():
        for page in pages:
            path = packages / "udhr/package/declaration" / f"{page}.html"
            yield "udhr", language, html_blocks(path.read_text(encoding="utf-8"))
    for language, names in FIREFOX.items():
        for name in names:
            folder = packages / f"firefox-esr-l10n-{name}"
            for archive in sorted(folder.rglob("*.xpi")):
                yield "firefox", language, firefox_messages(archive)
