"""Names of private persons in official texts: after a title, a role or a signature, before a title.

A heuristic without a gazetteer: it finds what official texts announce, and nothing else.
"""

from __future__ import annotations

import re

from tertulia.corpus.personal_data.finding import Detector

_CAPITAL = "A-ZÀ-ÖØ-Þ"
_WORD = rf"(?:[{_CAPITAL}][\w·'’ª\-]{{1,24}}|[{_CAPITAL}]\w?[.ª])"
_SMALL = r"(?:de|del|dels|de la|de las|de los|de les|do|da|dos|das|i|y|e|DE|DEL|I|Y|E)"
_NAME = rf"{_WORD}(?: (?:{_SMALL} )?{_WORD}){{1,5}}"
_ANNOUNCED = (
    r"(?:D\.|D\.ª|D\.a|Dª|Dña\.|Dna\.|Don|Doña|Dona|DON|DOÑA|Sr\.|Sra\.|Sr\. D\.|Sra\. D\.ª|En|Na"
    r"|[Tt]itularra?:|[Ii]nteresad[oa]:|[Pp]ersona interessada:|[Ii]nteresduna:|[Ff]do\.:"
    r"|[Aa]sdo\.:|[Ff]irmado:|[Ff]irmat:|[Ss]ignat:|[Ss]inatua:|[Ss]inado:|[Cc]liente?:|[Bb]ezeroa:"
    r"|[Nn]otifica a|[Nn]otifícase a) "
)
_BEFORE_TITLE = rf"{_NAME} (?:jaun|andre)(?:a|ak|ari|aren|arekin|arengan|arentzat)"
_OFFICES = re.compile(
    r"\b(?:President|Ministr|Consell|Consejer|Conselle|Secretari|Director|Alcald|Diputad|Senador|Síndic"
    r"|Rector|Excm|Ilm|Jefe|Delegad|Conce[jx]al|Regidor|Sailburu|Lehendakari|Alkate|Zuzendari)"
)


def _announced(match: re.Match[str]) -> tuple[int, int] | None:
    title = re.match(_ANNOUNCED, match[0])
    assert title is not None
    return _private(match, match.start() + title.end(), match.end())


def _titled(match: re.Match[str]) -> tuple[int, int] | None:
    return _private(match, match.start(), match.start() + match[0].rindex(" "))


def _private(match: re.Match[str], start: int, end: int) -> tuple[int, int] | None:
    while match.string[end - 1] in ".-'’":
        end -= 1
    return None if _OFFICES.search(match.string[start:end]) else (start, end)


NAMES = (
    Detector(
        kind="name",
        form=f"{_ANNOUNCED}{_NAME}",
        sieve=rf"{_ANNOUNCED}[{_CAPITAL}]",
        check=_announced,
    ),
    Detector(kind="name", form=_BEFORE_TITLE, sieve=r" (?:jaun|andre)a", check=_titled),
)
