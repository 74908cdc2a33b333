"""How a text becomes words, and words numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tertulia.corpus.language_id.grams import SIZES, gram_rows
from tertulia.corpus.language_id.words import split_words


def _spelt(text: str) -> list[str]:
    words = split_words([text])
    return [
        bytes(words.buffer[begin:end]).decode("latin-1")
        for begin, end in zip(words.begin.tolist(), words.end.tolist(), strict=True)
    ]


def test_an_apostrophe_ends_a_word_and_belongs_to_it() -> None:
    assert _spelt("L'home d’aquí diu 'sí'") == ["l'", "home", "d'", "aquí", "diu", "sí'"]


def test_the_middle_dot_of_catalan_belongs_to_its_word_and_is_no_letter() -> None:
    assert _spelt("col·legi gran") == ["col·legi", "gran"]
    assert split_words(["···"]).letters.tolist() == [0]


def test_digits_signs_and_question_marks_are_between_words() -> None:
    assert _spelt("¿Qué? 3 veces, ¡sí!") == ["qué", "veces", "sí"]


def test_words_of_each_text_and_letters_are_counted() -> None:
    words = split_words(["una casa", "", "3", "Привет on"])
    assert words.first.tolist() == [0, 2, 2, 2, 3]
    assert words.letters.tolist() == [7, 0, 0, 2]
    assert words.foreign.tolist() == [0, 0, 0, 6]


@given(st.lists(st.text(alphabet="aábñç' ", max_size=12), min_size=1, max_size=8))
def test_a_word_has_one_number_wherever_it_stands(texts: list[str]) -> None:
    words = split_words(texts)
    spelt = [
        bytes(words.buffer[begin:end])
        for begin, end in zip(words.begin.tolist(), words.end.tolist(), strict=True)
    ]
    assert len(set(zip(spelt, words.number.tolist(), strict=True))) == len(set(spelt))


def test_a_word_has_its_grams_and_itself() -> None:
    words = split_words(["casa"])
    rows, starts = gram_rows(words.buffer, words.begin, words.end, 18)
    # <casa> has six characters with its marks; single characters leave the marks out.
    assert len(rows) == 4 + sum(6 - size + 1 for size in SIZES if size > 1) + 1
    assert starts.tolist() == [0]
    assert rows.min() >= 0
    assert rows.max() < 1 << 18


def test_the_grams_of_a_word_do_not_depend_on_its_neighbours() -> None:
    words = split_words(["una casa gran"])
    rows, starts = gram_rows(words.buffer, words.begin, words.end, 18)
    alone = split_words(["casa"])
    expected, _ = gram_rows(alone.buffer, alone.begin, alone.end, 18)
    assert rows[starts[1] : starts[2]].tolist() == expected.tolist()
