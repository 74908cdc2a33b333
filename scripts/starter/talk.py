"""Small talk written for this project, and single words in the five languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

from scripts.starter.conversation import Conversation, pick, word, wordings
from scripts.starter.parts import LANGUAGES
from scripts.starter.reading import rank

LICENCE = "CC0-1.0"
SOURCE = "tertulia-talk"

_NAMES = ("Ana", "Jon", "Marta", "Xoán", "Neus", "Miren", "Lucía", "Pau", "Antía", "Iker")
_DIALOGUES = (
    ("greeting", "how-are-you", "bye"),
    ("greeting", "who", "can-do"),
    ("greeting", "languages", "thanks"),
    ("greeting", "help", "thanks"),
    ("name", "how-are-you", "glad"),
    ("who", "human", "wrong"),
    ("sad", "thanks", "night"),
    ("now", "complaint", "bye"),
    ("week", "months", "thanks"),
    ("message", "praise", "bye"),
    ("invite", "thanks", "bye"),
    ("where", "who", "thanks"),
)
_DIALOGUE_VARIANTS = 3
_WORDS_KEPT = 40
_SENTENCES_KEPT = 70


def small_talk(language: str) -> list[Conversation]:
    """Every question once with each of two answers at most, then dialogues of three exchanges."""
    exchanges = {row["name"]: row for row in wordings(language)["exchange"]}
    talks: dict[tuple[str, ...], None] = {}
    for name, exchange in exchanges.items():
        for ask in exchange["ask"]:
            for variant in range(min(2, len(exchange["answer"]))):
                talks[_exchange(exchange, ask, f"{name} {ask}", variant)] = None
    for names in _DIALOGUES:
        for variant in range(_DIALOGUE_VARIANTS):
            turns: tuple[str, ...] = ()
            for name in names:
                key = f"{' '.join(names)} {name} {variant}"
                ask = pick(exchanges[name]["ask"], "ask " + key)
                turns += _exchange(exchanges[name], ask, key, 0)
            talks[turns] = None
    return [Conversation(turns, language, LICENCE, SOURCE, "talk") for turns in talks]


def _exchange(exchange: dict[str, list[str]], ask: str, key: str, variant: int) -> tuple[str, str]:
    answers = sorted(exchange["answer"], key=lambda answer: rank(f"{key} {answer}"))
    name = pick(_NAMES, f"{key} {variant}")
    return ask.format(name=name), answers[variant].format(name=name)


def everyday_sentences(language: str) -> list[Conversation]:
    """Everyday sentences translated from or into another of the languages."""
    path = Path(__file__).parent / "talk" / "sentences.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))["sentences"]
    own = LANGUAGES.index(language)
    found = []
    for row in table:
        for other, target in enumerate(LANGUAGES):
            if row[own] == row[other]:
                continue
            out = word("translate", language, row[own] + target, about=target, text=row[own])
            back = word("translate", language, row[other], about=language, text=row[other])
            for turns in ((out, row[other]), (back, row[own])):
                found.append(Conversation(turns, language, LICENCE, SOURCE, "translate"))
    return sorted(found, key=lambda talk: rank(" ".join(talk.turns)))[:_SENTENCES_KEPT]


def single_words(language: str) -> list[Conversation]:
    """How a word or a greeting is said in another of the languages."""
    path = Path(__file__).parent / "talk" / "words.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))["words"]
    own = LANGUAGES.index(language)
    found = []
    for row in table:
        for other, target in enumerate(LANGUAGES):
            if other == own:
                continue
            key = f"{row[own]} {target}"
            ask = word("word", language, key, about=target, word=row[own])
            answer = word("word_answer", language, key, about=target, answer=row[other])
            found.append(Conversation((ask, answer), language, LICENCE, SOURCE, "word"))
    return sorted(found, key=lambda talk: rank(" ".join(talk.turns)))[:_WORDS_KEPT]
