"""What a user may rely on when a line is identified."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.corpus.language_id import identify
from tertulia.corpus.language_id.words import LONGEST_TEXT

SENTENCES = {
    "es": (
        "Ayer por la tarde estuvimos hablando con los vecinos sobre las obras de la plaza.",
        "No sé si mañana podré ir a la reunión, porque tengo que recoger a los niños.",
    ),
    "ca": (
        "Ahir a la tarda vam estar parlant amb els veïns sobre les obres de la plaça.",
        "Esta vesprada eixirem a passejar amb els xiquets si no plou massa.",
    ),
    "eu": (
        "Atzo arratsaldean auzokoekin hitz egiten aritu ginen plazako obrei buruz.",
        "Ez dakit bihar bilerara joan ahal izango naizen, haurrak jaso behar ditut eta.",
    ),
    "gl": (
        "Onte pola tarde estivemos a falar cos veciños sobre as obras da praza.",
        "Non sei se mañá poderei ir á reunión, porque teño que recoller os nenos.",
    ),
    "pt": ("Ontem à tarde estivemos a falar com os vizinhos sobre as obras da praça.",),
    "fr": ("Hier après-midi nous avons parlé avec les voisins des travaux de la place.",),
    "it": ("Ieri pomeriggio abbiamo parlato con i vicini dei lavori della piazza.",),
    "en": ("Yesterday afternoon we were talking with the neighbours about the square.",),
    "oc": ("Ièr de ser parlàvem amb los vesins de las òbras de la plaça del vilatge.",),
    "ast": ("Ayeri pela tarde tuvimos falando colos vecinos de les obres de la plaza.",),
    "an": ("Ahiere por a tardada yéranos charrando con os vecins d'as obras d'a plaza.",),
    "la": ("Heri post meridiem cum vicinis de operibus quae in foro fiunt locuti sumus.",),
    "und": ("Gestern Nachmittag haben wir mit den Nachbarn über die Arbeiten gesprochen.",),
}
EVERY = [(tag, text) for tag, texts in SENTENCES.items() for text in texts]


@pytest.mark.parametrize(("tag", "text"), EVERY)
def test_a_plain_sentence_is_known(tag: str, text: str) -> None:
    found = identify([text])
    assert found.tags == [tag]
    assert found.confidences[0] > 0.5


@pytest.mark.parametrize("text", ["", "   ", "12.345,67 € (3)", "ab", "Привет, как дела?", "你好"])
def test_a_text_without_enough_letters_is_undetermined(text: str) -> None:
    found = identify([text])
    assert found.tags == ["und"]
    assert found.confidences[0] == 0


def test_nothing_in_gives_nothing_out() -> None:
    found = identify([])
    assert found.tags == []
    assert found.confidences.shape == (0,)


def test_case_and_typographic_apostrophes_do_not_matter() -> None:
    plain = "l'home d'aquella casa no hi era"
    found = identify([plain, plain.upper(), plain.replace("'", "’")])
    assert found.tags == ["ca"] * 3
    assert len(set(found.confidences.tolist())) == 1


def test_letters_in_two_characters_count_as_in_one() -> None:
    found = identify(["La reunión será mañana", "La reunio\u0301n sera\u0301 man\u0303ana"])
    assert found.confidences[0] == found.confidences[1]


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    begins = ("Esta frase está en castellano. " * 1000)[:LONGEST_TEXT]
    alone, longer = identify([begins]), identify([begins + "Hau euskaraz dago. " * 5000])
    assert alone.confidences.tolist() == longer.confidences.tolist()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=60),
            st.sampled_from([text for _, text in EVERY]),
            st.text(alphabet="aeiou'·ñçàé’ \n?", max_size=40),
        ),
        max_size=30,
    ),
    st.integers(min_value=1, max_value=7),
)
def test_a_text_is_called_the_same_alone_and_in_any_batch(texts: list[str], size: int) -> None:
    whole = identify(texts)
    parts = [identify(texts[at : at + size]) for at in range(0, len(texts), size)]
    assert whole.tags == [tag for part in parts for tag in part.tags]
    joined = np.concatenate([np.zeros(0, np.float32), *(part.confidences for part in parts)])
    assert np.array_equal(whole.confidences, joined)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_whatever_a_text_holds_it_gets_a_tag_and_a_probability(text: str) -> None:
    found = identify([text])
    assert found.tags[0] in {*SENTENCES}
    assert 0 <= found.confidences[0] <= 1


def test_lone_surrogates_are_no_trouble() -> None:
    assert identify(["la casa \ud800 de la vila"]).confidences[0] > 0
