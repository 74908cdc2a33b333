"""Tells a line in the wrong language by its function words: enough to drop it, no more."""

from __future__ import annotations

import re

_WORDS = {
    "es": "el los las del y con por una un es se lo al más pero como su sus fue muy también hay"
    " está han son esta este estos sin sobre entre cuando desde hasta donde yo ya que la de en"
    " para",
    "ca": "els amb per una un és al més però com seu seva seus van molt també hi són aquesta aquest"
    " esta este estos sense sobre entre quan des fins on jo ja i que la de en el dels les del"
    " aquests aquestes tot tots ha va ser",
    "gl": "o os as do da dos das co coa e con por unha un é non se ao á máis pero como seu súa"
    " foi moi tamén hai están son esta este estes sen sobre entre cando desde ata onde eu xa"
    " que de en no na para ou lle polo pola",
    "eu": "eta da ez dira du dute zen ziren izan baina bat bere ere dela hau hori horrek den"
    " egin zuen dituzte ditu duen dago daude beste gero bezala edo baino behar dut dugu duzu",
    "en": "the of and to in is that for it as was with be by on not this are from or have an they"
    " which you were your can will",
    "fr": "le les des et est une dans pour pas qui sur au avec ce il sont aux ne du en la de nous"
    " vous être cette",
}
_WORDS["ca-valencia"] = _WORDS["ca"]
_SETS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_RIVALS = {
    "es": ("en", "ca", "fr"),
    "ca": ("es", "en", "fr"),
    "ca-valencia": ("es", "en", "fr"),
    "eu": ("es", "en", "fr"),
    "gl": ("es", "en", "fr"),
}
_WORD = re.compile(r"[^\W\d_]+")


def is_foreign(line: str, language: str) -> bool:
    """Whether another language's function words clearly outnumber those of `language`."""
    words = [word.lower() for word in _WORD.findall(line)]
    if len(words) < 5:
        return False
    own = sum(word in _SETS[language] for word in words)
    return any(
        sum(word in _SETS[rival] for word in words) > own + max(1, len(words) // 12)
        for rival in _RIVALS[language]
    )
