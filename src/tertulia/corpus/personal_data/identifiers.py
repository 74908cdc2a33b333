"""Identifiers with check digits: the form proposes, the check digits decide."""

from __future__ import annotations

import re
from collections.abc import Callable

from tertulia.corpus.personal_data import check_digits
from tertulia.corpus.personal_data.check_digits import IBAN_LENGTHS
from tertulia.corpus.personal_data.finding import Detector, left_of, right_of

_SEPARATORS = str.maketrans("", "", " .-/–\u00a0")
_NOT_IN_A_NUMBER = r"(?<![^\Wºª])(?<![0-9][ \u00a0.,/\-])"
_NOT_GOING_ON = r"(?!\w)(?![ \u00a0\-./]?[0-9])"

_RIGHT = 20
_NEAR = 24
_AFFILIATED = re.compile(r"segur|afili|\bn\.?[sa]\.?[sf]\b|\bgsz|\bnass\b|\bss\b|cotiz|cotitz")
_TAXED = re.compile(r"\b(?:c\.?i\.?f|n\.?i\.?f|i\.?f\.?[kz])\b|fis[ck]a|tribut|\bvat\b|\biva\b")
_CODED = re.compile(r"\bc[oó]d|\bkode|\bdir ?3|lloc|puesto|posto|lanpostu|euro")
_TRADE = re.compile(
    r"\bs\. ?[lac]|\bs[la]u?\b|\bute\b|sociedad|societat|sociedade|sozietate|empresa|enpresa"
    r"|comer[cç]|merkat|cooperativ|kooperatib|fundaci|fundazio|asociaci|associaci|elkarte|club|ajuntament"
    r"|ayuntamiento|concello|udal|emisor|emissor|igorle|prove[ïe]d|hornitzaile|adjudicat|adxudicat"
    r"|esleipendun|contratista|contractista|factura|faktura|notar"
)
_GAP = r"[ \u00a0\-–]?"
_SLASHED = r"[ \u00a0/\-]?"
_DNI = (
    r"(?:ES-?)?"
    r"(?:[0-9]{8}|[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}|[0-9]{2} [0-9]{3} [0-9]{3})"
    rf"(?:{_GAP}| - |\.)[A-Za-z]"
)
_NIE = rf"(?:ES-?)?[XYZKLMxyzklm]{_GAP}[0-9]\.?[0-9]{{3}}\.?[0-9]{{3}}{_GAP}[A-Za-z]"
_CIF = (
    r"(?:ES-?)?[A-HJNP-SUVWa-hjnp-suvw](?:[ \u00a0/\-–]|\. ?)?"
    rf"[0-9](?:\.?[0-9]){{6}}{_GAP}[0-9A-Ja-j]"
)
_NSS = rf"[0-9]{{2}}{_SLASHED}[0-9]{{8}}{_SLASHED}[0-9]{{2}}"
_IBAN = r"[A-Za-z]{2}[0-9]{2}(?:[ \u00a0\-.]?[0-9A-Za-z]){11}"
_CARD = (
    r"[2-6][0-9]{3}[ \u00a0\-]?[0-9]{4}[ \u00a0\-]?[0-9]{4}[ \u00a0\-]?[0-9]{4}"
    r"|3[468][0-9]{2}[ \u00a0\-]?[0-9]{6}[ \u00a0\-]?[0-9]{4,5}"
    r"|3[47][0-9]{2}[ \u00a0\-]?[0-9]{6}[ \u00a0\-]?[0-9]{5}"
)
_CADASTRAL = (
    r"[0-9][0-9A-Za-z][0-9]{5}[ \u00a0\-]?[0-9A-Za-z]{2}[0-9A-Za-z]{4}[0-9A-Za-zÑñ]"
    r"[ \u00a0\-]?[0-9]{4}[ \u00a0\-]?[A-Za-z]{2}"
    r"|[0-9]{2} ?[0-9]{3} ?[A-Za-z] ?[0-9]{3} ?[0-9]{5} ?[0-9]{4} ?[A-Za-z]{2}"
)


def compact(value: str) -> str:
    """The identifier in capitals and without separators."""
    return value.translate(_SEPARATORS).upper()


def _checked(holds: Callable[[str], bool]) -> Callable[[re.Match[str]], tuple[int, int] | None]:
    def check(match: re.Match[str]) -> tuple[int, int] | None:
        return match.span() if holds(compact(match[0])) else None

    return check


def _lettered(holds: Callable[[str], bool]) -> Callable[[re.Match[str]], tuple[int, int] | None]:
    """As `_checked`, but a small letter set off by a space is a word (`y`, `a`), not a part."""

    def check(match: re.Match[str]) -> tuple[int, int] | None:
        value = match[0]
        if (value[0].islower() and not value[1].isdigit() and value[1] in " /.") or (
            value[-1].islower() and value[-2] == " "
        ):
            return None
        number = compact(value)
        return match.span() if holds(number.removeprefix("ES")) else None

    return check


_DNI_CHECKED = _lettered(check_digits.dni_holds)
_CIF_CHECKED = _lettered(check_digits.cif_holds)


def _iban(match: re.Match[str]) -> tuple[int, int] | None:
    """Reads on from the match until the account has the length of its country."""
    text, start = match.string, match.start()
    length = IBAN_LENGTHS.get(match[0][:2].upper())
    if length is None:
        return None
    # No account is written with more separators than one for every two characters.
    number, at, stop = "", start, min(len(text), start + length + length // 2)
    while len(number) < length and at < stop:
        character = text[at]
        if character.isascii() and character.isalnum():
            number += character.upper()
        elif character not in " -.\u00a0":
            return None
        at += 1
    ends = at == len(text) or not (text[at].isalnum() or text[at] == "_")
    return (start, at) if ends and check_digits.iban_holds(number) else None


def _nss(match: re.Match[str]) -> tuple[int, int] | None:
    """One twelve-digit number in two hundred holds by chance: a bare one needs a word beside it."""
    bare = match[0].isdigit()
    if bare and not _AFFILIATED.search(left_of(match) + right_of(match, _RIGHT)):
        return None
    return match.span() if check_digits.nss_holds(compact(match[0])) else None


def _dni(match: re.Match[str]) -> tuple[int, int] | None:
    """`15.000.000 K` is a temperature."""
    return None if compact(match[0])[:-1].endswith("00000") else _DNI_CHECKED(match)


def _cif(match: re.Match[str]) -> tuple[int, int] | None:
    """One code in ten holds by chance: most forms need a word of taxes or trade beside them."""
    number = compact(match[0]).removeprefix("ES")
    span = _CIF_CHECKED(match)
    if span is None or len(set(number[1:-1])) < 3 or number[1:].endswith("00000"):
        return None
    left = left_of(match)
    if _TAXED.search(left[-_NEAR:]):
        return span
    if _CODED.search(left[-_NEAR:]) or " " in match[0]:
        return None
    usual = number[0] in "ABPQS"
    return span if usual or _TRADE.search(left + right_of(match, _RIGHT)) else None


IDENTIFIERS = (
    Detector(kind="iban", form=_IBAN, check=_iban, after=""),
    Detector(
        kind="card",
        form=_CARD,
        check=_checked(check_digits.card_holds),
        before=_NOT_IN_A_NUMBER,
        after=_NOT_GOING_ON,
    ),
    Detector(
        kind="cadastral-reference", form=_CADASTRAL, check=_checked(check_digits.cadastral_holds)
    ),
    Detector(
        kind="nss",
        form=_NSS,
        check=_nss,
        before=_NOT_IN_A_NUMBER,
        after=_NOT_GOING_ON,
    ),
    Detector(
        kind="dni",
        form=_DNI,
        check=_dni,
        before=r"(?<![^\Wºª])(?<![0-9][.,/\-])",
    ),
    Detector(kind="nie", form=_NIE, check=_lettered(check_digits.nie_holds)),
    Detector(
        kind="cif",
        form=_CIF,
        check=_cif,
        after=r"(?!\w)(?![\-./,][0-9])",
    ),
)
