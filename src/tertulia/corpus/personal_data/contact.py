"""E-mail addresses, telephone numbers and licence plates: no check digits, so words nearby decide.

Telephone lines of services (800 to 809, 900 to 909) belong to no person and are left alone.
"""

from __future__ import annotations

import re

from tertulia.corpus.personal_data.finding import Detector, left_of, right_of

_EMAIL = (
    r"[\w.+\-%]{1,64}"
    r"(?:@| ?[(\[](?:arroba|at|a bildua|abildua|arrova)[)\]] ?| arroba )"
    r"(?:[\w\-]{1,63}\.){1,6}[A-Za-z]{2,24}"
)
_AT_SIGN = r"@|arroba|arrova|bildua|[(\[]at[)\]]"
_ABROAD = r"(?:\+|00)[1-9][0-9]{0,14}(?:[ .\-](?:\([0-9]{1,4}\)|[0-9]{1,12})){0,7}"
_SPANISH = (
    r"(?:\(?(?:\+|00) ?34\)?[ \u00a0.\-]{0,2})?"
    r"(?:[6-9][0-9]{2}[ \u00a0.\-]?[0-9]{3}[ \u00a0.\-]?[0-9]{3}"
    r"|[6-9][0-9]{2}[ \u00a0.\-]?[0-9]{2}[ \u00a0.\-]?[0-9]{2}[ \u00a0.\-]?[0-9]{2}"
    r"|[6-9][0-9][ \u00a0.\-][0-9]{3}[ \u00a0.\-]?[0-9]{2}[ \u00a0.\-]?[0-9]{2}"
    r"|[89][0-9][ \u00a0.\-][0-9]{7})"
)
_CALLED = re.compile(
    r"\b(?:tel\b|te?lf|tf|tel[eéè]f|m[oóò]vil|m[oòó]bil(?!i)|mugikor|sakelako|fax|whats"
    r"|was?ap|telegram|bizum|ll[aá]m|truca|truqu|deitu|dei |cham|contact|kontakt|escr[ií]b"
    r"|apunt|anot|idatz|n[uú]m(?:ero|\.) (?:es|[eé]s|é)|(?:mi|meu|meua|o meu) n[uú]mero|nire zenb)"
)
_NUMBERED = re.compile(
    r"\b(?:pedido|comanda|eskaera|e[xs]pedient\w*|refer[eè]nc\w*|erreferentzi\w*|ref|re[gx]istr\w*"
    r"|erregistro\w*|autoriza\w*|autoritza\w*|baimen\w*|identific\w*|factura|faktura|isbn|issn"
    r"|codi\w*|c[oó]digo|kode\w*|cuenta|compte|conta|kontu\w*|lote?|s[eèé]rie|albar[aà]n?|dni|nan|nif"
    r"|ifz|nie|cif|ifk|nss|gsz|bdns|cve|csv|id|inventari\w*|colegiad\w*|contrato|contracte"
    r"|n\.?º|núm\.?|num\.?|zk\.?)(?!\w)[^;.!?]{0,24}$"
)
_COUNTED = re.compile(
    r" ?(?:€|eur|\$|%|d[oó]lar|pesset|peset|pezet|persona?|person[ae]s|persoa|pertson|hab"
    r"|biztanl|visit|usuari|erabiltzaile|vot|boto|unidad|unit|metr|m2|m²|km|kg|ha\b|ton|litr|kwh|mwh|bytes?"
    r"|zenbakiko|(?:de |d')?(?:millon|milion|milió|euro|pesset|peset)|soles|[,.][0-9])"
)
_DIALLED_ABROAD = r"(?:\+|00)[1-9][0-9 .()\-]{7}"
_GROUPS = ([9], [3, 3, 3], [3, 2, 2, 2], [2, 3, 2, 2], [2, 7])
_DATE = re.compile(r"-[0-9]{2}-[0-9]{2}$")
_WORD = re.compile(r"[^\W\d_]{2}")
_NEW_PLATE = r"[0-9]{4}[ \-]?(?:[BCDFGHJ-NPRSTV-Z]{3}|[bcdfghj-nprstv-z]{3})"
_OLD_PROVINCES = (
    r"A|AB|AL|AV|B|BA|BI|BU|C|CA|CC|CE|CO|CR|CS|CU|GC|GE|GI|GR|GU|H|HU|IB|J|L|LE|LO|LR|LU|M|MA|ML|MU"
    r"|NA|O|OR|OU|P|PM|PO|S|SA|SE|SG|SO|SS|T|TE|TF|TO|V|VA|VI|Z|ZA"
)
_OLD_PLATE = rf"(?:{_OLD_PROVINCES})[ \-]?[0-9]{{4}}[ \-]?[A-Z]{{1,2}}"
_VEHICLE = re.compile(
    r"matr[ií][ck]|vehic|veh[ií]c|ibilgailu|coch|cotx|\bauto|\bmotos?\b|motocic|camion|cami[oó]|kamioi"
    r"|furgon|turism|remol|tractor|traktor|taxi|placa|conduc|gidar"
)
_VEHICLE_FOLLOWS = 16
_UNITS = frozenset({
    "BMW", "BPM", "BTC", "CDS", "CSS", "CSV", "DVD", "FPS", "GHZ", "KHZ", "KWH", "LTS", "MHZ",
    "MPH", "MWH", "PDF", "PPM", "PTS", "RPM", "SMS", "SQL", "TCP", "VHS", "XML",
})  # fmt: skip
"""Three consonants after four digits that are a measure or a thing, not a plate."""


def _email(match: re.Match[str]) -> tuple[int, int] | None:
    start, end = match.span()
    # Dots and hyphens around an address are the sentence's.
    while start < end and match.string[start] in ".-+%_":
        start += 1
    return (start, end) if match.string[start] not in "@ ([" else None


def _phone(match: re.Match[str]) -> tuple[int, int] | None:
    value, left = match[0], left_of(match)
    digits = "".join(character for character in value if character.isdigit())
    national = digits[-9:]
    if national[1] == "0" and national[0] in "89":
        return None
    if len(digits) > 9:
        return match.span()
    if _COUNTED.match(right_of(match)):
        return None
    if _CALLED.search(left):
        return match.span()
    separators = {character for character in value if not character.isdigit()}
    groups = [len(group) for group in re.split(r"[ \u00a0.\-]", value)]
    # Three groups of three with full stops are a sum of money; a mixture is two numbers.
    if len(separators) > 1 or (groups == [3, 3, 3] and separators == {"."}):
        return None
    if groups not in _GROUPS:
        return None
    bare = groups == [9] and (national[0] not in "67" or len(set(national)) < 4)
    return None if bare or not _WORD.search(left) or _NUMBERED.search(left) else match.span()


def _abroad(match: re.Match[str]) -> tuple[int, int] | None:
    value = match[0]
    digits = sum(character.isdigit() for character in value.removeprefix("00"))
    called = _CALLED.search(left_of(match)) is not None
    plain = value.startswith("+") and not _DATE.search(value)
    return match.span() if (called or plain) and 9 <= digits <= 13 else None


def _plate(match: re.Match[str]) -> tuple[int, int] | None:
    if match[0][-3:].upper() in _UNITS:
        return None
    near = left_of(match) + right_of(match, _VEHICLE_FOLLOWS)
    return match.span() if _VEHICLE.search(near) else None


CONTACT = (
    Detector(
        kind="email",
        form=_EMAIL,
        sieve=_AT_SIGN,
        check=_email,
        before=r"(?<![\w.+\-%])",
        # What follows a hyphen is a Basque case ending, unless a domain goes on there.
        after=r"(?![\w@]|\.\w|-\w{1,63}[.@]\w)",
    ),
    Detector(
        kind="phone",
        form=_SPANISH,
        check=_phone,
        before=r"(?<![^\Wºª]|[/=&?#])(?<![0-9][ .,\-])(?<!\w-)(?<![+−])",
        after=r"(?!\w)(?!(?: |[.,/\-])[0-9])",
    ),
    Detector(
        kind="phone",
        form=_ABROAD,
        sieve=_DIALLED_ABROAD,
        check=_abroad,
        before=r"(?<![^\Wºª]|[/=&?#])(?<![0-9][ .,\-])",
        after=r"(?!\w|[.,/\-][0-9])",
    ),
    Detector(kind="plate", form=_NEW_PLATE, check=_plate, before=r"(?<![\w/.,\-])"),
    Detector(kind="plate", form=_OLD_PLATE, check=_plate, before=r"(?<![\w/.\-])"),
)
