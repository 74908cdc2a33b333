"""Placeholders: typed, stable, and put in once and for all."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.corpus.personal_data.find import DETECTORS, find
from tertulia.corpus.personal_data.finding import KINDS
from tertulia.corpus.personal_data.redact import kinds_of, placeholder, redact
from tertulia.corpus.personal_data.step import personal_data
from tertulia.recipe.personal_data_spec import PersonalDataSpec

SPEC = PersonalDataSpec(names=True)
PIECES = [
    "12345678Z", "X2482300W", "A58818501", "28/12345678/40", "281234567840", "Seguridad Social ",
    "ES9121000418450200051332", "ES91 2100 0418 4502 0005 1332", "9872023VH5797S0001WX",
    "4111 1111 1111 1111", "matrícula ", "1234 BCD", "tel. ", "612 345 678", "+34", "0034",
    "ana@exemple.cat", " (arroba) ", "calle Mayor, 3", "C/ ", "Urbieta kalea, 12",
    "D. ", "Jon Agirre", " jauna", "CIF ", "s/n", "28013 Madrid", "(", ")", "-", ".", ",", "/",
    " ", "\n", "a", "Z", "7", "l·l", "😀", "[DNI]", "€",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def test_each_kind_has_its_placeholder() -> None:
    text = "12345678Z, ana@exemple.cat, tel. 612345678, calle Mayor, 3."
    redacted, counts = redact(text, PersonalDataSpec())
    assert redacted == "[DNI], [EMAIL], tel. [PHONE], [POSTAL-ADDRESS]."
    assert counts == {"dni": 1, "email": 1, "phone": 1, "postal-address": 1}


def test_names_are_left_unless_asked_for() -> None:
    text = "D. Jon Agirre, DNI 12345678Z"
    assert redact(text, PersonalDataSpec())[0] == "D. Jon Agirre, DNI [DNI]"
    assert redact(text, SPEC)[0] == "D. [NAME], DNI [DNI]"


def test_a_kind_that_is_not_listed_stays() -> None:
    text = "12345678Z ana@exemple.cat"
    assert redact(text, PersonalDataSpec(replace=("email",)))[0] == "12345678Z [EMAIL]"
    assert redact(text, PersonalDataSpec(replace=())) == (text, {})


@pytest.mark.parametrize("kind", KINDS)
def test_no_placeholder_is_personal_data_or_a_special_token(kind: str) -> None:
    assert find(f"D. {placeholder(kind)} calle {placeholder(kind)}, 3") == []
    assert "<|" not in placeholder(kind) and placeholder(kind).isascii()


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_twice_is_once(text: str) -> None:
    redacted, _ = redact(text, SPEC)
    assert redact(redacted, SPEC) == (redacted, {})


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_offsets_are_right(text: str) -> None:
    findings = find(text)
    assert all(text[finding.start : finding.end] == finding.value for finding in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))
    assert all("\n" not in finding.value for finding in findings)


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=200, deadline=None)
def test_a_batch_is_its_texts_one_by_one(texts: list[str]) -> None:
    """So the sieves hold back every line in which something is found."""
    out = personal_data(SPEC).apply(pl.DataFrame({"text": texts}, schema={"text": pl.String}))
    single = [redact(text, SPEC) for text in texts]
    assert out["text"].to_list() == [text for text, _ in single]
    for kind in KINDS:
        assert out[f"personal-data.{kind}"].to_list() == [c.get(kind, 0) for _, c in single]
    assert out["personal-data.replaced"].to_list() == [sum(c.values()) for _, c in single]


def test_columns_are_the_same_whatever_the_batch() -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "text": ["nada", "12345678Z"], "quality.words": [1, 2]})
    step = personal_data(PersonalDataSpec())
    empty, clean, whole = (step.apply(part) for part in (frame.head(0), frame.head(1), frame))
    assert empty.schema == clean.schema == whole.schema
    assert whole.schema["personal-data.replaced"] == pl.Int32
    assert whole["quality.words"].to_list() == [1, 2]
    assert whole["dropped"].to_list() == [None, None]
    assert (step.name, step.version) == ("personal-data", 1)


def test_nothing_to_replace_changes_nothing() -> None:
    frame = pl.DataFrame({"text": ["12345678Z"]})
    out = personal_data(PersonalDataSpec(replace=())).apply(frame)
    assert out["text"].to_list() == ["12345678Z"]
    assert out["personal-data.replaced"].to_list() == [0]


def test_the_kinds_of_a_spec_are_known_and_in_order() -> None:
    assert kinds_of(SPEC) == KINDS
    assert set(kinds_of(PersonalDataSpec())) == set(KINDS) - {"name"}
    assert {detector.kind for detector in DETECTORS} >= set(kinds_of(SPEC))
