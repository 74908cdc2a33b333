"""Check digits: published examples hold, and no other check digit does in their place."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.personal_data import numbers
from tertulia.corpus.personal_data import check_digits

HOLDING = [
    (check_digits.dni_holds, "12345678Z"),
    (check_digits.dni_holds, "00000000T"),
    (check_digits.dni_holds, "54362315K"),
    (check_digits.dni_holds, "1234567L"),
    (check_digits.nie_holds, "X2482300W"),
    (check_digits.nie_holds, "X5253868R"),
    (check_digits.nie_holds, "M1234567L"),
    (check_digits.cif_holds, "A58818501"),
    (check_digits.cif_holds, "J99216582"),
    (check_digits.cif_holds, "Q2826000H"),
    (check_digits.iban_holds, "ES9121000418450200051332"),
    (check_digits.iban_holds, "DE89370400440532013000"),
    (check_digits.iban_holds, "FR1420041010050500013M02606"),
    (check_digits.iban_holds, "PT50000201231234567890154"),
    (check_digits.cadastral_holds, "9872023VH5797S0001WX"),
    (check_digits.cadastral_holds, "7837301VG8173B0001TT"),
    (check_digits.card_holds, "4111111111111111"),
    (check_digits.card_holds, "5555555555554444"),
    (check_digits.card_holds, "378282246310005"),
]


@pytest.mark.parametrize(("holds", "number"), HOLDING)
def test_a_published_example_holds(holds, number) -> None:
    assert holds(number)


@pytest.mark.parametrize(("holds", "number"), HOLDING)
def test_its_last_character_can_be_no_other(holds, number) -> None:
    """IBANs, whose check digits stand in front, included: mod 97 sees every single change."""
    alphabet = "0123456789" if number[-1].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    others = [number[:-1] + last for last in alphabet if last != number[-1]]
    assert not any(holds(other) for other in others)


@pytest.mark.parametrize("letter", "ABEH")
def test_a_company_form_with_a_digit_has_no_letter(letter: str) -> None:
    assert not check_digits.cif_holds(f"{letter}5881850A")


def test_an_iban_has_the_length_of_its_country() -> None:
    assert not check_digits.iban_holds("ES21000418450200051332")


def test_a_card_has_an_issuer() -> None:
    assert not check_digits.card_holds("9111111111111111"[:15] + "2")


@given(st.integers(1, 52), st.integers(1, 99_999_999))
def test_the_affiliation_number_is_the_remainder_of_province_and_serial(
    province: int, serial: int
) -> None:
    """The rule in its other wording: below ten million the serial is joined without its nought."""
    joined = int(f"{province}{serial:07}") if serial < 10**7 else int(f"{province}{serial}")
    right = joined % 97
    for control in range(97):
        number = f"{province:02}{serial:08}{control:02}"
        assert check_digits.nss_holds(number) == (control == right)


@pytest.mark.parametrize(
    "number", ["", "28123456784", "2812345678401", "281234567a40", "²81234567840"]
)
def test_what_is_not_twelve_digits_is_no_affiliation_number(number: str) -> None:
    assert not check_digits.nss_holds(number)


@pytest.mark.parametrize("province", ["00", "54", "99"])
def test_an_affiliation_number_has_a_province(province: str) -> None:
    assert not any(check_digits.nss_holds(f"{province}12345678{c:02}") for c in range(97))


@pytest.mark.parametrize(
    ("made", "holds"),
    [
        (numbers.dni, check_digits.dni_holds),
        (numbers.nie, check_digits.nie_holds),
        (numbers.cif, check_digits.cif_holds),
        (numbers.nss, check_digits.nss_holds),
        (numbers.iban, check_digits.iban_holds),
        (numbers.cadastral, check_digits.cadastral_holds),
        (numbers.card, check_digits.card_holds),
    ],
)
def test_two_implementations_agree(made, holds) -> None:
    """The labelled set's own rules against those of the detectors."""
    random = Random(7)
    assert all(holds(made(random)) for _ in range(500))
    assert not any(holds(made(random, valid=False)) for _ in range(500))
