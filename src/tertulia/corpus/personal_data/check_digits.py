"""Whether the check digits of an identifier hold; every number comes without separators."""

from __future__ import annotations

IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
}  # fmt: skip
"""Characters of an account number by country (ISO 13616 registry), Europe only."""

_DIGIT_FORMS = "ABEH"
_LETTER_FORMS = "NPQRSW"
_PROVINCES = {*range(1, 54), 66}
"""As the Social Security counts them; 53 and 66 hold affiliations from abroad and before 1987."""


def nss_holds(number: str) -> bool:
    """Affiliation number of the Social Security: province, 8 digits, and their remainder by 97.

    A serial below ten million is joined to the province without its leading zero.
    """
    if len(number) != 12 or not (number.isascii() and number.isdigit()):
        return False
    province, serial, control = int(number[:2]), int(number[2:10]), int(number[10:])
    width = 7 if serial < 10**7 else 8
    return province in _PROVINCES and (province * 10**width + serial) % 97 == control


def dni_holds(number: str) -> bool:
    """Eight digits (or seven, the first nought left out) and their letter."""
    from stdnum.es import dni

    return bool(dni.is_valid(number.zfill(9)))


def nie_holds(number: str) -> bool:
    """A foreigner's X, Y, Z, or K, L, M of a person without DNI, seven digits and their letter."""
    from stdnum.es import nif

    return bool(nif.is_valid(number))


def cif_holds(number: str) -> bool:
    """A legal entity's number: its control must be a digit or a letter where its form says so."""
    from stdnum.es import cif

    if number[0] in _DIGIT_FORMS and not number[-1].isdigit():
        return False
    if number[0] in _LETTER_FORMS and number[-1].isdigit():
        return False
    return bool(cif.is_valid(number))


def iban_holds(number: str) -> bool:
    """Length of its country and ISO 7064 mod 97-10.

    A national check digit within the account is not asked for: a number that is mistyped there
    still points to somebody.
    """
    from stdnum import iban

    right_length = IBAN_LENGTHS.get(number[:2]) == len(number)
    return right_length and bool(iban.is_valid(number, check_country=False))


def cadastral_holds(number: str) -> bool:
    """Twenty characters with the two control letters of the land registry."""
    from stdnum.es import referenciacatastral

    return bool(referenciacatastral.is_valid(number))


def card_holds(number: str) -> bool:
    """A payment card: prefix and length of a network that issues to people, and Luhn's digit."""
    from stdnum import luhn

    head, length = int(number[:4]), len(number)
    issued = (
        (length == 16 and (head // 1000 == 4 or 51 <= head // 100 <= 55 or 2221 <= head <= 2720))
        or (length == 16 and (head == 6011 or head // 100 == 65 or 3528 <= head <= 3589))
        or (length == 15 and head // 100 in (34, 37))
        or (length == 14 and head // 100 in (36, 38))
    )
    # One digit repeated is a filler.
    return issued and len(set(number)) > 1 and bool(luhn.is_valid(number))
