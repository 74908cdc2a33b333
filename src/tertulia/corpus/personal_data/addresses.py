"""Postal addresses: a kind of street, a name in capitals, a number; floor and town if they follow.

In Spanish, Catalan and Galician the kind comes first (`calle Mayor, 3`), in Basque last
(`Urbieta kalea, 3`). Whose address it is, a person's or a town hall's, the form does not tell.
"""

from __future__ import annotations

import re

from tertulia.corpus.personal_data.finding import Detector, right_of

_CAPITAL = "A-ZÀ-ÖØ-Þ"
_TOWN_WORD = rf"(?:[dlDL]['’])?[{_CAPITAL}][\w·'’\-]{{0,30}}"
_WORD = rf"(?:{_TOWN_WORD}|[{_CAPITAL}][\w]{{0,4}}\.)"
_ARTICLE = r"(?:San|Santa|Sant|Santo|El|La|Los|Las|Els|Les|A|O|As|Os|Vila|Villa|Palma|Puerto|Port)"
_SMALL = r"(?:de|del|dels|do|da|dos|das|la|las|los|el|els|les|l|d|i|y|e|na|en|sa|ses|al|san|sant)"
_WAYS = (
    r"(?:(?:[Cc]alle|CALLE|[Cc]arrer|CARRER|[Rr][uú]a|R[UÚ]A|[Aa]venida|AVENIDA|[Aa]vinguda|AVINGUDA"
    r"|[Aa]vd?a?\.|[Pp]laza|PLAZA|[Pp]laça|PLAÇA|[Pp]raza|PRAZA|[Pp]l?za?\.|[Pp]l\.|[Pp]aseo|PASEO"
    r"|[Pp]asseig|PASSEIG|[Pp]g\.|[Pp]\.?º|[Cc]amino|[Cc]amí|[Cc]amiño|[Rr]onda|[Rr]ambla"
    r"|[Tt]raves[ií]a|[Tt]ravessi?era|[Tt]ravessia|[Gg]lorieta|[Cc]allej[oó]n|C\."
    r"|[Uu]rbanizaci[oó]n|[Uu]rbanització|[Uu]rb\.|[Bb]arrio|[Ll]ugar) |[CcRr]/ ?)"
)
_NUMBER = (
    r"(?:,? (?:n\.?[ºo°]\.? ?|n[uú]m\.? ?|n[uú]mero )?|, ?)"
    r"(?:[0-9]{1,4}(?:[ \-]?(?:bis|[A-D]))?|s/n)"
)
_FLOOR = (
    r"(?:,? (?:piso |planta |pis |andar )?[0-9]{1,2}(?:\.?[ºª°]|n|r|t|è|é|a|\.)?"
    r"(?:[ ,\-]{1,2}(?:[0-9]{1,2}\.?[aªº]|(?:izda|izq|dcha|dta|dreta|dereita|esq|esquerra|ezk|esk"
    r"|eskuina|ezkerra|puerta|pta|porta|letra|solairua)\.?|[A-H]))"
    r"|,? [0-9]{1,2}(?:\.?[ºª°]|n|r|t|è)|, [0-9]{1,2}-[A-H]"
    r"|,? (?:bajo|baixos?|baixo|baix|entresuelo|entresòl|[aà]tico?|principal|behea)"
    r"(?: [0-9A-H][aªº]?)?"
    r"|,? (?:andar|piso|planta|escalera|escala|esc\.|puerta|porta|pta\.|portal|bloque|bloc|atea)"
    r" [0-9A-Z]{1,3})"
)
_TOWN = (
    r"(?:,| [\-–]|,? ?\()? ?(?:C\.?P\.?[ \-]{0,2})?[0-5][0-9]{4}(?:,| [\-–])? "
    rf"(?:{_ARTICLE} )?{_TOWN_WORD}"
    rf"(?:(?: (?:de|del|de la|la|les|dos|da|do) |-| d['’]){_TOWN_WORD}){{0,3}}\)?"
)
_TAIL = rf"(?:{_FLOOR}){{0,2}}(?:{_TOWN})?"
_STREET_FIRST = (
    rf"{_WAYS}(?:{_SMALL} ){{0,3}}{_WORD}(?: (?:{_SMALL} ){{0,3}}{_WORD}){{0,5}}{_NUMBER}{_TAIL}"
)
_BASQUE_WAYS = (
    r"(?:(?:kale|etorbide|hiribide|pasealeku|bide|zumarkale)(?:a|ko|an|aren)"
    r"|plaza(?:ko|n)?|k\.|etorb\.|hirib\.),? "
)
_STREET_LAST = (
    rf"{_WORD}(?: {_WORD}){{0,3}} {_BASQUE_WAYS}"
    rf"(?:[0-9]{{1,4}}(?:[ \-]?[A-D])?(?:\.?(?:ko|an|a|zk\.|zenbakia))?|z/g){_TAIL}"
)
_UNIT_FOLLOWS = re.compile(
    r" ?(?:€|%|eur|persona|perts|lagun|metr|km|m\b|minut|hor[ae]s|años|anys|anos|d[ií]as|dies"
    r"|urte|h\b)|[/:][0-9]|[.,][0-9]"
    r"| (?:de )?(?:enero|gener|xaneiro|febr|mar[zç]|abril|ma[iyj]o?|juny?|julio|xu[ñl]|agost|sept"
    r"|set|outub|oct|nov|dic|des|dec)"
)


def _address(match: re.Match[str]) -> tuple[int, int] | None:
    return None if _UNIT_FOLLOWS.match(right_of(match)) else _trimmed(match)


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """The town's last word ends with the sentence's full stop."""
    start, end = match.span()
    while match.string[end - 1] in ".,-" and not match[0].endswith(
        ("dcha.", "izda.", "izq.", "dta.", "esq.", "ezk.", "esk.", "zk.")
    ):
        end -= 1
    if match[0].endswith(")") and "(" not in match[0]:
        end -= 1
    return start, end


ADDRESSES = (
    Detector(
        kind="postal-address",
        form=_STREET_FIRST,
        sieve=rf"{_WAYS}[^0-9\n]*(?:[0-9]|s/n)",
        check=_address,
        before=r"(?<![\w/.])(?<![°º].)(?<![°º])",
    ),
    Detector(
        kind="postal-address",
        form=_STREET_LAST,
        sieve=rf" {_BASQUE_WAYS}(?:[0-9]|z/g)",
        check=_address,
    ),
)
