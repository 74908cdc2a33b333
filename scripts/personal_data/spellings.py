"""How people write identifiers: with and without separators, grouped, in lower case."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from scripts.personal_data import numbers


def dni(random: Random, number: str) -> str:
    """`12345678Z` in one of the ways seen on forms, gazettes and forums."""
    body, letter = number[:-1], number[-1]
    dotted = f"{body[:2]}.{body[2:5]}.{body[5:]}"
    if body[0] == "0" and random.random() < 0.5:
        dotted = dotted[1:]
    return _one(
        random,
        (10, number),
        (4, f"{body}-{letter}"),
        (2, f"{body} {letter}"),
        (3, f"{dotted}-{letter}"),
        (2, f"{dotted}{letter}"),
        (1, f"{dotted} {letter}"),
        (3, number.lower()),
        (1, f"{body}-{letter.lower()}"),
    )


def nie(random: Random, number: str) -> str:
    """`X1234567L` in one of the ways it is written."""
    kind, body, letter = number[0], number[1:-1], number[-1]
    return _one(
        random,
        (10, number),
        (4, f"{kind}-{body}-{letter}"),
        (2, f"{kind}-{body}{letter}"),
        (2, f"{kind}{body}-{letter}"),
        (1, f"{kind} {body} {letter}"),
        (1, f"{kind}-{body[0]}.{body[1:4]}.{body[4:]}-{letter}"),
        (3, number.lower()),
    )


def cif(random: Random, number: str) -> str:
    """`B12345674` in one of the ways it is written."""
    kind, body = number[0], number[1:]
    return _one(
        random,
        (10, number),
        (5, f"{kind}-{body}"),
        (1, f"{kind} {body}"),
        (2, f"{kind}-{body[:2]}.{body[2:5]}.{body[5:]}"),
        (2, number.lower()),
        (1, f"{kind}/{body}"),
    )


def nss(random: Random, number: str) -> str:
    """Twelve digits, whole or in their three or two parts."""
    province, serial, control = number[:2], number[2:10], number[10:]
    return _one(
        random,
        (6, number),
        (4, f"{province}/{serial}/{control}"),
        (2, f"{province} {serial} {control}"),
        (2, f"{province}-{serial}-{control}"),
        (2, f"{province}/{serial}{control}"),
        (1, f"{province} {serial}{control}"),
    )


def iban(random: Random, number: str) -> str:
    """Grouped by four, whole, with hyphens, or grouped as a Spanish account."""
    fours = [number[at : at + 4] for at in range(0, len(number), 4)]
    forms = [(8, " ".join(fours)), (6, number), (1, "-".join(fours)), (1, number.lower())]
    if number.startswith("ES"):
        account = f"{number[4:8]} {number[8:12]} {number[12:14]} {number[14:]}"
        forms += [(2, f"{number[:4]} {account}")]
    return _one(random, *forms)


def cadastral(random: Random, number: str) -> str:
    """Twenty characters, whole or in the parts that the land registry prints."""
    forms = [(8, number), (1, number.lower())]
    unit, control = number[14:18], number[18:]
    if number[5] == "A" and number[7:14].isdigit():
        plot = f"{number[:2]} {number[2:5]} {number[5]} {number[6:9]} {number[9:14]}"
        forms.append((2, f"{plot} {unit} {control}"))
    else:
        forms.append((4, f"{number[:7]} {number[7:14]} {unit} {control}"))
        forms.append((1, f"{number[:7]}-{number[7:14]}-{unit}-{control}"))
    return _one(random, *forms)


def card(random: Random, number: str) -> str:
    """Whole, or grouped as on the card."""
    cuts = (0, 4, 8, 12, 16) if len(number) == 16 else (0, 4, 10, 15)
    groups = [number[a:b] for a, b in pairwise(cuts)]
    return _one(random, (5, " ".join(groups)), (4, number), (2, "-".join(groups)))


def plate(random: Random) -> str:
    """A plate of today (1234 BCD) or of before 2000 (M-1234-AB)."""
    figures = numbers.digits(random, 4)
    if random.random() < 0.7:
        letters = "".join(random.choice(numbers.PLATE_LETTERS) for _ in range(3))
        return _one(
            random,
            (6, f"{figures} {letters}"),
            (5, f"{figures}{letters}"),
            (3, f"{figures}-{letters}"),
            (1, f"{figures} {letters}".lower()),
            (1, f"{figures}{letters}".lower()),
        )
    province = random.choice(numbers.OLD_PROVINCES)
    letters = "".join(random.choice(numbers.PLATE_LETTERS) for _ in range(2))
    return _one(
        random,
        (6, f"{province}-{figures}-{letters}"),
        (3, f"{province} {figures} {letters}"),
        (2, f"{province}-{figures} {letters}"),
        (1, f"{province}{figures}{letters}"),
    )


def phone(random: Random) -> str:
    """A Spanish mobile or land line, now and then one from over the border."""
    if random.random() < 0.06:
        country, length = random.choice([("376", 6), ("33", 9), ("351", 9), ("54", 10)])
        rest = numbers.digits(random, length, first="2345678")
        return f"+{country} {' '.join(rest[at : at + 3] for at in range(0, length, 3))}"
    mobile = random.random() < 0.65
    number = numbers.digits(random, 2, first="67" if mobile else "89") + numbers.digits(random, 7)
    # Lines that begin with 80 or 90 belong to services, not to people.
    if not mobile:
        number = number[0] + random.choice("12345678") + number[2:]
    return _one(random, (4, ""), (1, "+34 "), (1, "+34"), (1, "0034 "), (1, "(+34) ")) + (
        _phone_groups(random, number)
    )


def _phone_groups(random: Random, number: str) -> str:
    pairs = [number[:3], number[3:5], number[5:7], number[7:]]
    threes = [number[:3], number[3:6], number[6:]]
    province = [number[:2], number[2:5], number[5:7], number[7:]]
    return _one(
        random,
        (6, number),
        (5, " ".join(threes)),
        (5, " ".join(pairs)),
        (1, "-".join(threes)),
        (1, ".".join(pairs)),
        (2, " ".join(province)),
    )


def _one(random: Random, *weighted: tuple[int, str]) -> str:
    weights, forms = zip(*weighted, strict=True)
    return str(random.choices(forms, weights)[0])
