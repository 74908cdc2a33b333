"""Made-up identifiers with right or wrong check digits, from their published rules.

The rules are written out here and not taken from the detectors' library, so that the set and the
detectors do not share a mistake. No number is taken from anywhere: each is drawn at random.
"""

from __future__ import annotations

from random import Random

CONTROL_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
COMPANY_LETTERS = "JABCDEFGHI"
PLATE_LETTERS = "BCDFGHJKLMNPRSTVWXYZ"
OLD_PROVINCES = tuple(
    [
        "A",
        "AB",
        "AL",
        "AV",
        "B",
        "BA",
        "BI",
        "BU",
        "C",
        "CA",
        "CC",
        "CO",
        "CR",
        "CS",
        "CU",
        "GC",
        "GE",
        "GI",
        "GR",
        "GU",
        "H",
        "HU",
        "IB",
        "J",
        "L",
        "LE",
        "LO",
        "LU",
        "M",
        "MA",
        "MU",
        "NA",
        "O",
        "OR",
        "OU",
        "P",
        "PM",
        "PO",
        "S",
        "SA",
        "SE",
        "SG",
        "SO",
        "SS",
        "T",
        "TE",
        "TF",
        "TO",
        "V",
        "VA",
        "VI",
        "Z",
        "ZA",
    ]
)
_CADASTRAL_ALPHABET = "ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_CADASTRAL_CONTROL = "MQWERTYUIOPASDFGHJKLBZX"
_CADASTRAL_WEIGHTS = (13, 15, 12, 5, 4, 17, 9, 21, 3, 7, 1)
_IBAN_LENGTHS = {"ES": 20, "PT": 21, "DE": 18}


def digits(random: Random, length: int, *, first: str = "0123456789") -> str:
    """`length` decimal digits, the first among `first`."""
    return random.choice(first) + "".join(random.choice("0123456789") for _ in range(length - 1))


def other(random: Random, right: str, alphabet: str) -> str:
    """A character of `alphabet` that is not `right`."""
    return random.choice([character for character in alphabet if character != right])


def dni(random: Random, *, valid: bool = True) -> str:
    """Eight digits and the letter of their remainder by 23 (Real Decreto 1553/2005)."""
    number = digits(random, 8)
    right = CONTROL_LETTERS[int(number) % 23]
    return number + (right if valid else other(random, right, CONTROL_LETTERS))


def nie(random: Random, *, valid: bool = True) -> str:
    """X, Y or Z (counted as 0, 1, 2), seven digits and the same letter."""
    kind, number = random.choice("XYZ"), digits(random, 7)
    right = CONTROL_LETTERS[int(f"{'XYZ'.index(kind)}{number}") % 23]
    return kind + number + (right if valid else other(random, right, CONTROL_LETTERS))


def cif(random: Random, *, valid: bool = True) -> str:
    """A letter for the legal form, seven digits, a control digit or letter (Orden EHA/451/2008)."""
    kind, number = random.choice("ABBBBFGHJNPQRSUVW"), digits(random, 7)
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in number[::2])
    control = -(doubled + sum(map(int, number[1::2]))) % 10
    if not valid:
        control = (control + random.randint(1, 9)) % 10
    return kind + number + (COMPANY_LETTERS[control] if kind in "NPQRSW" else str(control))


def nss(random: Random, *, valid: bool = True) -> str:
    """Province, eight digits, and the remainder by 97 of both.

    A serial number below ten million is joined to the province without its leading zero.
    """
    province, serial = random.randint(1, 52), random.randrange(1, 10**8)
    width = 7 if serial < 10**7 else 8
    control = (province * 10**width + serial) % 97
    if not valid:
        control = (control + random.randint(1, 96)) % 97
    return f"{province:02}{serial:08}{control:02}"


def iban(random: Random, *, valid: bool = True) -> str:
    """Country, two check digits (ISO 7064, mod 97-10) and the account; Spain's own digits hold."""
    country = random.choice(["ES"] * 18 + ["PT", "DE"])
    account = {"ES": _spanish_account, "PT": _portuguese_account}.get(
        country, lambda random: digits(random, _IBAN_LENGTHS["DE"])
    )(random)
    rearranged = "".join(str(int(character, 36)) for character in f"{account}{country}00")
    control = 98 - int(rearranged) % 97
    if not valid:
        control = 2 + (control - 2 + random.randint(1, 90)) % 97
    return f"{country}{control:02}{account}"


def _spanish_account(random: Random) -> str:
    def control(number: str) -> str:
        weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
        found = 11 - sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 11
        return str(1 if found == 10 else 0 if found == 11 else found)

    bank, number = digits(random, 8), digits(random, 10)
    return bank + control("00" + bank) + control(number) + number


def _portuguese_account(random: Random) -> str:
    number = digits(random, 19)
    return f"{number}{98 - int(number + '00') % 97:02}"


def card(random: Random, *, valid: bool = True) -> str:
    """Sixteen digits of a Visa or Mastercard, or fifteen of American Express, with Luhn's digit."""
    prefix, length = random.choice([("4", 16), ("5" + random.choice("12345"), 16), ("37", 15)])
    number = prefix + digits(random, length - 1 - len(prefix))
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    right = -total % 10
    return number + str(right if valid else (right + random.randint(1, 9)) % 10)


def cadastral(random: Random, *, valid: bool = True) -> str:
    """Fourteen characters of the plot (urban or rural), four of the unit, two of control."""
    if random.random() < 0.6:
        letters = "".join(random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2))
        plot = digits(random, 7) + letters + digits(random, 4) + random.choice("ABCDEFGHNS")
    else:
        plot = (
            f"{random.randint(1, 52):02}{digits(random, 3)}A{digits(random, 3)}{digits(random, 5)}"
        )
    unit = f"{random.choice((0, 1, 1, 1, random.randint(2, 99))):04}"
    control = _cadastral_control(plot[:7] + unit) + _cadastral_control(plot[7:] + unit)
    if not valid:
        control = other(random, control[0], _CADASTRAL_CONTROL) + control[1]
    return plot + unit + control


def _cadastral_control(text: str) -> str:
    values = (
        int(character) if character.isdigit() else _CADASTRAL_ALPHABET.index(character) + 1
        for character in text
    )
    total = sum(w * v for w, v in zip(_CADASTRAL_WEIGHTS, values, strict=True))
    return _CADASTRAL_CONTROL[total % 23]
