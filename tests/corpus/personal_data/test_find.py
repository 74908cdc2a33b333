"""What is found in a text and what is left alone."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from tertulia.corpus.personal_data.find import DETECTORS, find
from tertulia.corpus.personal_data.finding import KINDS


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.kind, finding.value) for finding in find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("DNI 12345678Z.", "dni", "12345678Z"),
        ("dni 12345678-z", "dni", "12345678-z"),
        ("(12.345.678-Z)", "dni", "12.345.678-Z"),
        ("12345678Z-ren titularra", "dni", "12345678Z"),
        ("DNI nº12345678Z", "dni", "12345678Z"),
        ("tel. 612\u00a0345\u00a0678", "phone", "612\u00a0345\u00a0678"),
        ("NIE X-2482300-W,", "nie", "X-2482300-W"),
        ("NIE X-2.482.300-W", "nie", "X-2.482.300-W"),
        ("idatzi ana@adibidea.eus-era", "email", "ana@adibidea.eus"),
        ("NIF ESX2482300W", "nie", "ESX2482300W"),
        ("CIF: A-58818501", "cif", "A-58818501"),
        ("Ajuntament (Q2826000H)", "cif", "Q2826000H"),
        ("NSS 28/12345678/40", "nss", "28/12345678/40"),
        ("compte ES91 2100 0418 4502 0005 1332 de", "iban", "ES91 2100 0418 4502 0005 1332"),
        ("es9121000418450200051332", "iban", "es9121000418450200051332"),
        ("ref. 9872023 VH5797S 0001 WX", "cadastral-reference", "9872023 VH5797S 0001 WX"),
        ("tarjeta 4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
        ("matrícula 1234 BCD", "plate", "1234 BCD"),
        ("1234-BCD matrikuladun autoa", "plate", "1234-BCD"),
        ("cotxe B-1234-XY", "plate", "B-1234-XY"),
        ("telèfon 93 123 45 67", "phone", "93 123 45 67"),
        ("tel. 0034 612345678", "phone", "0034 612345678"),
        ("al (+34) 612 34 56 78 o", "phone", "(+34) 612 34 56 78"),
        ("truca al +376 812 345", "phone", "+376 812 345"),
        ("E-mail:ana.puig@exemple.cat.", "email", "ana.puig@exemple.cat"),
        ("jon (arroba) adibidea.eus", "email", "jon (arroba) adibidea.eus"),
        ("en la calle Mayor, 3, 2.º B, 28013 Madrid.", "postal-address",
         "calle Mayor, 3, 2.º B, 28013 Madrid"),
        ("a C/ de la Creu, núm. 5", "postal-address", "C/ de la Creu, núm. 5"),
        ("helbidea: Urbieta kalea, 12, 20001 Donostia", "postal-address",
         "Urbieta kalea, 12, 20001 Donostia"),
        ("na rúa do Vilar, 14, 15703 Santiago de Compostela", "postal-address",
         "rúa do Vilar, 14, 15703 Santiago de Compostela"),
        ("D. José Luis Núñez comparece", "name", "José Luis Núñez"),
        ("Jon Ander Agirre jaunak", "name", "Jon Ander Agirre"),
    ],
)  # fmt: skip
def test_found(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Ley 39/2015, de 1 de octubre (BOE-A-2015-10565)",
        "DOGC núm. 8123, de 4.3.2020; DOGV [2020/1234]; EHAA 123 zk.",
        "DNI 12345678A, NIE X2482300A, CIF A58818502",
        "IBAN ES92 2100 0418 4502 0005 1332",
        "tarjeta 4111 1111 1111 1112",
        "afiliación 281234567841",
        "operación comptable 281234567840",
        "ISBN 978-84-376-0494-7, ISSN 1234-567X",
        "números 12345678 y 23456789",
        "unos 15.000.000 K o más",
        "612.345.678 euros; 612 345 678 personas; 612 345 678 persoas; 700.000 233",
        "pedido n.º 655443322, expediente 2023/00012345",
        "telefonía de 2023, 900 123 456",
        "41.387890, 2.159899 en 192.168.10.200, versión 2.13.0",
        "d41d8cd98f00b204e9800998ecf8427e",
        "Motor de 4600 RPM, 2010 BMW",
        "salió a la calle, 3 personas; calle Mayor, 3 personas",
        "calle Mayor, 15 de enero",
        "DNI ***4567**, @usuario",
        "el puesto F01140011 y el código DIR3 A04029518",
        "-922337203685477,5808 a +922337203685477,5807",
        "El Sr. Presidente Conseller",
    ],
)
def test_left_alone(text: str) -> None:
    assert found(text) == []


def test_offsets_count_code_points() -> None:
    text = "😀 l·l ñ e\u0301: DNI 12345678Z, 𝔄 tel. 612345678\n\u00a0IBAN ES9121000418450200051332"
    findings = find(text)
    assert [finding.kind for finding in findings] == ["dni", "phone", "iban"]
    assert all(text[finding.start : finding.end] == finding.value for finding in findings)


def test_the_surer_kind_wins_and_nothing_overlaps() -> None:
    findings = find("calle 12345678Z, 4 y calle Mayor, 4, tel. 612345678, 28/12345678/40")
    assert [finding.kind for finding in findings] == ["dni", "postal-address", "phone", "nss"]
    assert all(a.end <= b.start for a, b in pairwise(findings))


def test_only_the_kinds_asked_for() -> None:
    assert [f.kind for f in find("12345678Z ana@exemple.cat", {"email"})] == ["email"]


def test_every_kind_has_a_detector() -> None:
    assert {detector.kind for detector in DETECTORS} == set(KINDS)


@pytest.mark.parametrize(
    "piece",
    ["1", "12 ", "1.", "+1", "00", "12-", "A", "a.", "a@", "a@a.", "Aa ", "A. ", "calle Aa ",
     "calle ", "de ", "D. Aa ", "(", "ES91", "ES91 ", "612 ", "Aa kalea, ", "1234 B", "X1",
     "0000 "],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    """100,000 characters of the worst kind in a second and a half: time is linear in the length."""
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    find(text)
    assert time.process_time() - start < 1.5
