"""A statement stands beside a passage only where its numbers, names and turns stand there too."""

from __future__ import annotations

import pytest

from tertulia.serve.answers.claims import claims
from tertulia.serve.answers.passage import Passage, read_passage, sentence_spans
from tertulia.serve.answers.support import SupportJudge, find_verbatim
from tertulia.serve.answers.support_features import NAMES, best_quote, support_features

PASSAGE = (
    "El plazo de solicitud es de 15 días hábiles desde el 3 de agosto de 2024. "
    "La Consejería de Hacienda no podrá exigir el pago antes de la resolución. "
    "Los menores de edad solo pueden entrar con un adulto."
)
READ = read_passage(Passage(PASSAGE, "es"))


def _features(statement: str) -> dict[str, float]:
    stated = claims(statement, "es")
    place = best_quote(stated, READ)
    assert place is not None
    return dict(zip(NAMES, support_features(stated, READ, place), strict=True))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("El plazo de solicitud es de 20 días hábiles.", "number missing"),
        ("El plazo empieza el 3 de septiembre de 2024.", "number missing"),
        ("La Consejería de Educación no podrá exigir el pago.", "name missing"),
        ("Los menores de edad no pueden entrar con un adulto.", "negation added"),
        ("La Consejería de Hacienda podrá exigir el pago antes de la resolución.", "negation lost"),
        ("El plazo de solicitud debe ser de 15 días hábiles.", "duty added"),
        ("Todos los plazos de solicitud son siempre de 15 días hábiles.", "always added"),
        ("El pago podrá exigirse después de la resolución.", "opposite said"),
    ],
)
def test_what_a_statement_changes_is_seen(statement: str, told: str) -> None:
    assert _features(statement)[told] == 1.0


def test_what_says_the_same_has_nothing_against_it() -> None:
    found = _features("El plazo de solicitud es de quince días hábiles.")
    against = [name for name in NAMES if name.endswith(("added", "missing", "alone", "said"))]
    assert {name: found[name] for name in against} == dict.fromkeys(against, 0.0)
    assert found["words in the quote"] == 1.0


def test_the_quote_is_the_sentence_that_says_most() -> None:
    place = best_quote(claims("los menores entran con un adulto", "es"), READ)
    assert place is not None
    assert READ.quoted(place) == "Los menores de edad solo pueden entrar con un adulto."


def test_numbers_compare_however_they_are_written() -> None:
    assert claims("1.234,50 euros", "es").numbers == claims("1234.5 euros", "es").numbers
    assert claims("el 8 d'agost", "ca").numbers == claims("abuztuaren 8a", "eu").numbers
    assert claims("hamabost egun", "eu").numbers == claims("15 dies", "ca").numbers


def test_a_statement_in_other_words_is_quoted_and_not_stated() -> None:
    found = SupportJudge().judge("El plazo de solicitud es de 20 días hábiles.", READ, "es")
    assert not found.stated
    assert found.reason == "not-supported"
    assert found.quote is not None
    assert PASSAGE[found.quote.start : found.quote.end].startswith("El plazo de solicitud")


def test_a_part_of_a_sentence_is_quoted_whole() -> None:
    found = SupportJudge().judge("podrá exigir el pago", READ, "es")
    assert found.quote is not None
    assert PASSAGE[found.quote.start : found.quote.end].startswith("La Consejería")
    assert not found.stated


def test_another_language_is_not_compared() -> None:
    found = SupportJudge().judge("El termini de sol·licitud és de 15 dies hàbils.", READ, "ca")
    assert (found.quote, found.reason) == (None, "other-language")


def test_a_quotation_that_is_not_there_is_told() -> None:
    statement = "El plazo de solicitud, «ampliable sin límite», es de 15 días hábiles."
    assert SupportJudge().judge(statement, READ, "es").reason == "quote-not-found"


@pytest.mark.parametrize(
    ("quoted", "text", "found"),
    [
        ("a  las\n18 horas", "cierra a las 18 horas.", "a las 18 horas"),
        ("“l'ús”", "per l’ús de", "l’ús"),
        ("18", "cierra a las 18,5", None),
        ("pago", "el pagor", None),
        ("A las 18", "cierra a las 18", None),
        ("", "text", None),
    ],
)
def test_verbatim_is_but_for_spaces_and_quotes(quoted: str, text: str, found: str | None) -> None:
    span = find_verbatim(quoted, text)
    assert (text[span.start : span.end] if span else None) == found


def test_lines_broken_for_their_width_are_one_sentence() -> None:
    text = "El plazo es de\nquince días.\nTítulo\nLa sede abre."
    assert [text[one.start : one.end] for one in sentence_spans(text)] == [
        "El plazo es de\nquince días.",
        "Título",
        "La sede abre.",
    ]
