"""Writes the labelled set of personal data: invented sentences with spans, in five languages.

python -m scripts.personal_data.build [FOLDER]

Each template belongs to one half: those on odd lines to `development`, those on even lines to
`final`. The same command always writes the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TypedDict

from scripts.personal_data import numbers, spellings, words

LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl")
CASES = 1200
"""Of each language, both halves together."""

_NEGATIVES = 400
_SEED = 20261122
_FOLDER = Path(__file__).parents[2] / "benchmarks" / "personal_data"
_SLOT = re.compile(r"\{(\w+)\}")


class Span(TypedDict):
    """Half-open, in Unicode code points."""

    kind: str
    start: int
    end: int


class Case(TypedDict):
    """One labelled text; `template` is its line in the language's file of templates."""

    id: str
    language: str
    half: str
    context: str
    template: int
    text: str
    spans: list[Span]


_POSITIVE: dict[str, tuple[str, Callable[[Random, str], str]]] = {
    "dni": ("dni", lambda r, _: spellings.dni(r, numbers.dni(r))),
    "nie": ("nie", lambda r, _: spellings.nie(r, numbers.nie(r))),
    "cif": ("cif", lambda r, _: spellings.cif(r, numbers.cif(r))),
    "nss": ("nss", lambda r, _: spellings.nss(r, numbers.nss(r))),
    "iban": ("iban", lambda r, _: spellings.iban(r, numbers.iban(r))),
    "card": ("card", lambda r, _: spellings.card(r, numbers.card(r))),
    "cadastral": (
        "cadastral-reference",
        lambda r, _: spellings.cadastral(r, numbers.cadastral(r)),
    ),
    "plate": ("plate", lambda r, _: spellings.plate(r)),
    "phone": ("phone", lambda r, _: spellings.phone(r)),
    "email": ("email", words.email),
    "address": ("postal-address", words.address),
    "man": ("name", lambda r, language: words.name(r, words.MEN, language)),
    "woman": ("name", lambda r, language: words.name(r, words.WOMEN, language)),
}

_NEUTRAL: dict[str, Callable[[Random, str], str]] = {
    "bad_dni": lambda r, _: spellings.dni(r, numbers.dni(r, valid=False)),
    "bad_nie": lambda r, _: spellings.nie(r, numbers.nie(r, valid=False)),
    "bad_cif": lambda r, _: spellings.cif(r, numbers.cif(r, valid=False)),
    "bad_nss": lambda r, _: spellings.nss(r, numbers.nss(r, valid=False)),
    "bad_iban": lambda r, _: spellings.iban(r, numbers.iban(r, valid=False)),
    "bad_card": lambda r, _: spellings.card(r, numbers.card(r, valid=False)),
    "bad_cadastral": lambda r, _: spellings.cadastral(r, numbers.cadastral(r, valid=False)),
    "date": words.date,
    "year": lambda r, _: str(r.randint(1931, 2026)),
    "small": lambda r, _: str(r.randint(2, 30)),
    "law": lambda r, _: f"{r.randint(1, 60)}/{r.randint(1978, 2026)}",
    "article": lambda r, _: r.choice(
        [f"{r.randint(1, 99)}.{r.randint(1, 9)}", f"{r.randint(1, 99)}"]
    ),
    "expedient": lambda r, _: r.choice(
        [
            f"{r.randint(2010, 2026)}/{numbers.digits(r, 8)}",
            f"EXP-{numbers.digits(r, 6)}/{r.randint(2010, 2026)}",
            f"SAN-{numbers.digits(r, 4)}/{r.randint(10, 26)}",
            f"A{numbers.digits(r, 5)}",
        ]
    ),
    "money": lambda r, _: r.choice(
        [
            f"{r.randint(1, 999)}.{numbers.digits(r, 3)},{numbers.digits(r, 2)} €",
            f"{r.randint(5, 999)} euros",
            f"{r.randint(5, 999)},50 €",
        ]
    ),
    "phoneish": lambda r, _: ("." if r.random() < 0.6 else " ").join(
        [numbers.digits(r, 3, first="6789"), numbers.digits(r, 3), numbers.digits(r, 3)]
    ),
    "isbn": lambda r, _: _isbn(r),
    "ean": lambda r, _: _thirteen("84" + numbers.digits(r, 10)),
    "issn": lambda r, _: f"{numbers.digits(r, 4)}-{numbers.digits(r, 3)}X",
    "product": lambda r, _: r.choice(
        [f"HX-{numbers.digits(r, 4)}-K{r.randint(1, 9)}", f"QT{numbers.digits(r, 6)}/B"]
    ),
    "platish": lambda r, _: (
        f"{r.randint(10, 60)}00 {r.choice(['RPM', 'SMS', 'PTS', 'BTC', 'DVD'])}"
    ),
    "masked": lambda r, _: r.choice(
        [
            f"***{numbers.digits(r, 4)}**",
            f"****{numbers.digits(r, 4)}*",
            f"**.{numbers.digits(r, 3)}.***-X",
        ]
    ),
    "coords": lambda r, _: f"{r.uniform(36, 43):.6f}, {r.uniform(-9, 3):.6f}",
    "ip": lambda r, _: ".".join(str(r.randint(1, 254)) for _ in range(4)),
    "version": lambda r, _: f"{r.randint(0, 12)}.{r.randint(0, 20)}.{r.randint(0, 9)}",
    "hex": lambda r, _: f"{r.getrandbits(128):032x}",
    "uuid": lambda r, _: (
        f"{r.getrandbits(32):08x}-{r.getrandbits(16):04x}-4{r.getrandbits(12):03x}"
        f"-a{r.getrandbits(12):03x}-{r.getrandbits(48):012x}"
    ),
    "nine": lambda r, _: numbers.digits(r, 9, first="123456789"),
    "timestamp": lambda r, _: f"{r.randint(2000, 2026)}1{r.randint(0, 2)}2{numbers.digits(r, 7)}",
    "handle": lambda r, language: words.draw(r, words.MEN, language).lower().replace(" ", "_"),
    "d3": lambda r, _: numbers.digits(r, 3, first="123456789"),
    "d4": lambda r, _: numbers.digits(r, 4, first="123456789"),
    "d5": lambda r, _: numbers.digits(r, 5, first="123456789"),
    "d6": lambda r, _: numbers.digits(r, 6),
    "d8": lambda r, _: numbers.digits(r, 8),
}


def _thirteen(twelve: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def _isbn(random: Random) -> str:
    whole = _thirteen("97884" + numbers.digits(random, 7))
    return random.choice(
        [whole, f"{whole[:3]}-{whole[3:5]}-{whole[5:9]}-{whole[9:12]}-{whole[12]}"]
    )


def templates(language: str) -> list[tuple[int, str, str]]:
    """Line number, context and pattern of each template."""
    path = Path(__file__).parent / "templates" / f"{language}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(at, *_halved(line)) for at, line in enumerate(lines, start=1)]


def _halved(line: str) -> tuple[str, str]:
    context, _, pattern = line.partition(" | ")
    return context, pattern


def filled(pattern: str, random: Random, language: str) -> tuple[str, list[Span]]:
    """The pattern with every slot drawn, and where the personal data came to lie."""
    text, spans, last = "", list[Span](), 0
    for slot in _SLOT.finditer(pattern):
        text += pattern[last : slot.start()]
        last = slot.end()
        if slot[1] in _POSITIVE:
            kind, made = _POSITIVE[slot[1]]
            value = made(random, language)
            spans.append(Span(kind=kind, start=len(text), end=len(text) + len(value)))
        else:
            value = _NEUTRAL[slot[1]](random, language)
        text += value
    return text + pattern[last:], spans


def cases(language: str) -> Iterator[Case]:
    """The cases of a language, each template in turn."""
    random = Random(f"{_SEED} {language}")
    known = templates(language)
    negative = [row for row in known if row[1] == "negative"]
    positive = [row for row in known if row[1] != "negative"]
    chosen = [positive[n % len(positive)] for n in range(CASES - _NEGATIVES)]
    chosen += [negative[n % len(negative)] for n in range(_NEGATIVES)]
    for number, (line, context, pattern) in enumerate(chosen):
        text, spans = filled(pattern, random, language)
        yield Case(
            id=f"{language}-{number:04}",
            language=language,
            half="development" if line % 2 else "final",
            context=context,
            template=line,
            text=text,
            spans=spans,
        )


def main(folder: Path = _FOLDER) -> None:
    """Writes one file for each half."""
    every = [case for language in LANGUAGES for case in cases(language)]
    for half in ("development", "final"):
        rows = [json.dumps(case, ensure_ascii=False) for case in every if case["half"] == half]
        (folder / f"{half}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
