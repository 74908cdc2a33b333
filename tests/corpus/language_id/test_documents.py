"""Documents: their variety, and whether they hold several languages."""

from __future__ import annotations

from itertools import pairwise

from tertulia.corpus.language_id import identify_documents, segments

VALENCIAN = (
    "Este servici oferix informació sobre les seues activitats. Per a obtindre'n més detalls, cal"
    " que la persona interessada tinga el formulari complit i el presente ací abans de les huit."
    " Hui mateix es pot eixir amb els xiquets a vore l'exposició, que establix un recorregut nou."
)
CATALAN = (
    "Aquest servei ofereix informació sobre les seves activitats. Per obtenir-ne més detalls, cal"
    " que la persona interessada tingui el formulari complert i el presenti aquí abans de les vuit."
    " Avui mateix es pot sortir amb els nens a veure l'exposició, que estableix un recorregut nou."
)
SPANISH = (
    "El ayuntamiento ha publicado las bases de la convocatoria para el próximo curso escolar."
    " Las personas interesadas podrán presentar su solicitud hasta el último día del mes."
)
BASQUE = (
    "Udalak datorren ikasturterako deialdiaren oinarriak argitaratu ditu aldizkari ofizialean."
    " Interesa dutenek hilaren azken egunera arte aurkeztu ahal izango dute beren eskaera."
)


def test_valencian_and_other_catalan_are_told_apart() -> None:
    found = identify_documents([VALENCIAN, CATALAN, SPANISH])
    assert found.tags == ["ca-valencia", "ca", "es"]
    assert found.varieties == ["ca-valencia", "ca", None]
    assert found.variety_confidences[:2].min() > 0.9
    assert found.variety_confidences[2] == 0


def test_catalan_without_a_marker_is_called_catalan_with_little_confidence() -> None:
    found = identify_documents(["La casa de la muntanya té una porta de fusta i un pati gran."])
    assert found.tags == ["ca"]
    assert found.variety_confidences[0] < 0.8


def test_a_document_in_two_languages_is_multilingual() -> None:
    mixed = "\n".join([SPANISH, BASQUE] * 2)
    assert identify_documents([mixed, SPANISH]).tags == ["mul", "es"]


def test_a_quotation_does_not_make_a_document_multilingual() -> None:
    assert identify_documents([SPANISH * 6 + "\nKaixo, zer moduz zaude gaur?"]).tags == ["es"]


def test_documents_do_not_depend_on_their_batch() -> None:
    texts = [VALENCIAN, "", CATALAN, "\n\n", SPANISH + "\n" + BASQUE, "123"]
    whole = identify_documents(texts)
    alone = [identify_documents([text]) for text in texts]
    assert whole.tags == [each.tags[0] for each in alone]
    assert whole.confidences.tolist() == [each.confidences[0] for each in alone]


def test_no_documents_are_no_trouble() -> None:
    assert identify_documents([]).tags == []


def test_segments_cover_the_text_and_name_its_languages() -> None:
    text = f"{SPANISH}\n{SPANISH}\n\n{BASQUE}\n{BASQUE}\n{SPANISH}\n"
    found = segments(text)
    assert [each.language for each in found] == ["es", "eu", "es"]
    assert found[0].start == 0
    assert found[-1].end == len(text)
    assert all(a.end == b.start for a, b in pairwise(found))
    assert text[found[1].start : found[1].end].strip() == f"{BASQUE}\n{BASQUE}"
    assert min(each.confidence for each in found) > 0.9


def test_a_short_piece_goes_with_what_stands_around_it() -> None:
    found = segments(f"{SPANISH}\nEskerrik asko.\n1.\n{SPANISH}")
    assert [each.language for each in found] == ["es"]


def test_a_text_of_one_language_is_one_segment_and_an_empty_one_none() -> None:
    assert [each.language for each in segments(VALENCIAN)] == ["ca"]
    assert segments("") == []
    assert [each.language for each in segments("12 \n 13")] == ["und"]


def test_one_language_after_another_without_lines_is_found_too() -> None:
    found = segments(f"{SPANISH} {SPANISH} {BASQUE} {BASQUE}")
    assert [each.language for each in found] == ["es", "eu"]
