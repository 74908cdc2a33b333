"""Words compare alike however they were typed, inflected or spelt."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tertulia.serve.retrieval.analysis import analyse, index_terms, question_words, same_language
from tertulia.serve.retrieval.cognates import MARK, cognate_key
from tertulia.serve.retrieval.folding import LONGEST_WORD, fold, words
from tertulia.serve.retrieval.stemming import _stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÀREA", "area"),
        ("Administración", "administracion"),
        ("pingüino", "pinguino"),
        ("col·lecció", "col.leccio"),
        ("col•lecció", "colleccio"),
        ("coŀlecció", "col·lecció"),
        ("ﬁnal", "final"),
        ("e\u0301poca", "época"),
        ("in\u00adter\u200bval", "interval"),
    ],
)
def test_typed_otherwise_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("año", "ano"), ("caça", "caca"), ("n\u0303", "n")])
def test_ñ_and_ç_are_letters_of_their_own(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_elisions_and_clitics_are_parted() -> None:
    assert words("L'aigua d’Alcoi: donar-se'n, anar-hi") == [
        "aigua", "alcoi", "donar", "se", "anar", "hi",
    ]  # fmt: skip


def test_a_word_has_a_bounded_length() -> None:
    assert [len(word) for word in words("a" * 10_000 + " b2")] == [LONGEST_WORD, 2]


SAME_STEM = {
    "es": [
        "información informaciones informacion",
        "camión camiones",
        "aplicar aplicado aplica",
        "luz luces",
        "índice índices",
    ],
    "ca": [
        "informació informacions informacio",
        "col·lecció col.leccions",
        "servir serveixen",
        "plaça places",
    ],
    "ca-valencia": ["servici servicis servei serveis", "servix serveix", "orde ordes"],
    "eu": ["etxe etxeak etxeetan etxera", "liburu liburuak liburuari", "legeak legeen"],
    "gl": [
        "concello concellos",
        "administración administracións administracion",
        "legal legais",
        "cidadán cidadáns",
        "aplicar aplicaron aplicado",
        "luz luces",
        "índice índices",
        "lei leis",
        "país países",
        "real reais",
    ],
    "en": ["server servers", "search searching"],
}


@pytest.mark.parametrize(
    ("language", "forms"), [(tag, forms) for tag, rows in SAME_STEM.items() for forms in rows]
)
def test_forms_of_a_word_share_their_stem(language: str, forms: str) -> None:
    stems = analyse(forms, language)
    assert len(stems) == len(forms.split())
    assert len(set(stems)) == 1


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("es", "¿Cuál es el que está?"),
        ("ca", "Quina és la que hi ha?"),
        ("ca-valencia", "Quin és este?"),
        ("eu", "Zein da hau?"),
        ("gl", "Cal é o que está?"),
        ("en", "What is it?"),
    ],
)
def test_words_of_a_question_say_nothing(language: str, question: str) -> None:
    assert analyse(question, language) == []


def test_regions_are_of_their_language_and_unknown_languages_are_left_alone() -> None:
    assert analyse("las aguas", "es-PE") == analyse("las aguas", "es")
    assert analyse("las Aguas", None) == analyse("las Aguas", "fi") == ["las", "aguas"]
    assert analyse("", "es") == []


@pytest.mark.parametrize(
    "forms",
    [
        "circulación circulació zirkulazio circulation",
        "química kimika",
        "general xeneral",
        "universidad universitat",
        "servizo servicio",
        "hora ora",
    ],
)
def test_cognates_share_a_key(forms: str) -> None:
    assert len({cognate_key(fold(word)) for word in forms.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("casa", "cosa"), ("año", "ano"), ("banco", "barco")])
def test_other_words_have_other_keys(one: str, other: str) -> None:
    assert cognate_key(fold(one)) != cognate_key(fold(other))


def test_numbers_have_no_key_and_count_the_same_abroad() -> None:
    assert cognate_key("2019") is None
    assert question_words("ley 39 de 2015", "es", ["eu"])["2015"] == 1.0


def test_at_home_stems_are_asked_for_and_abroad_the_keys_above_all() -> None:
    home = question_words("circulación de vehículos", "es", ["es"])
    assert home == dict.fromkeys(analyse("circulación vehículos", "es"), 1.0)
    abroad = question_words("circulación de vehículos", "es", ["eu"])
    _, [key] = index_terms("zirkulazio", "eu")
    assert abroad[key] == 1.0
    assert {weight for term, weight in abroad.items() if not term.startswith(MARK)} == {0.5}


def test_a_question_in_an_unknown_language_is_still_asked() -> None:
    assert question_words("DNI 1234", None, ["es", None])
    assert question_words("¿?", "es", ["es"]) == {}


def test_catalan_and_valencian_are_one_language_and_unknown_ones_none() -> None:
    assert same_language("ca", "ca-valencia")
    assert same_language("es-AR", "es")
    assert not same_language("es", "gl")
    assert not same_language(None, None)


def test_threads_do_not_spoil_each_others_stems() -> None:
    """The worker that indexes and the searches stem side by side."""
    endings = ("ment", "cions", "res", "ven", "ria", "rien", "des", "tives", "bles")
    asked = [begin + end for begin in ("canta", "informa", "recull") for end in endings]
    plain = _stem.__wrapped__
    alone = [plain(word, "ca") for word in asked]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            found = threads.map(lambda _: [plain(word, "ca") for word in asked], range(80))
            assert all(stems == alone for stems in found)
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es", "marco", "marzo"),
        ("gl", "marco", "marzo"),
        ("ca", "marc", "març"),
        ("ca", "placa", "plaça"),
    ],
)
def test_hard_and_soft_c_are_kept_apart(language: str, one: str, other: str) -> None:
    assert analyse(one, language) != analyse(other, language)
