"""Where sentences end, in the languages of this project."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…][\"'»”’)\]]{0,4}(?=\s)")
_WORD_BEFORE = re.compile(r"[^\W_]+(?=\.\Z)")
_LOOK_BACK = 24
_LOOK_AHEAD = 200
_ABBREVIATIONS = frozenset(
    "art arts núm núms num nº ap apdo pág págs pàg pàgs paga orr zk zenb kap cap caps vol vols "
    "fig figs ed eds sr sra sres sras srta dr dra drs prof dña dna av avda pl ctra tel tfno ext "
    "vs cf cfr ss sec pp ej ex inc ltd st mr mrs ms jr mín màx máx aprox par párr parr disp".split()
)
"""Words behind which a full stop mostly ends no sentence."""


def sentence_ends(text: str) -> list[int]:
    """Offsets just behind the marks that end a sentence; what follows each is white space.

    A mark ends none where a small letter follows, or behind an abbreviation, a single letter or a
    number at the beginning of its line.
    """
    ends = []
    for match in _END.finditer(text):
        end = match.end()
        if _after_space(text, end).islower():
            continue
        if match[0] == "." and _abbreviated(text, match.start()):
            continue
        ends.append(end)
    return ends


def _after_space(text: str, at: int) -> str:
    for character in text[at : at + _LOOK_AHEAD]:
        if not character.isspace():
            return character
    return ""


def _abbreviated(text: str, stop: int) -> bool:
    start = max(0, stop - _LOOK_BACK)
    word = _WORD_BEFORE.search(text[start : stop + 1])
    if word is None:
        return False
    if word[0].isdecimal():
        at = start + word.start()
        return at == 0 or text[at - 1] == "\n"
    return len(word[0]) == 1 or word[0].lower() in _ABBREVIATIONS
