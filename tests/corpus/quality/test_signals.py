"""The step `quality`: columns, hand-computed values, and that no text depends on another."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tertulia.corpus.quality import signals as module
from tertulia.corpus.quality.signals import COUNTS, quality_signals
from tertulia.recipe.quality_spec import SIGNALS
from tests.corpus.quality.measuring import STORIES, frame_of, signals

TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
        st.text("aeñ l·.\n'1#{<&?Ã\u00a0…•", max_size=80),
        st.sampled_from([*STORIES.values(), "la la la la la la la", "", "\n\n \n"]),
    ),
    max_size=8,
)


def test_every_signal_is_a_column_of_one_type_and_nothing_is_dropped() -> None:
    for frame in (frame_of("Hola, món."), frame_of(), frame_of("x", language=None)):
        measured = quality_signals().apply(frame)
        assert measured.columns == [
            "text",
            "language",
            *(f"quality.{name}" for name in SIGNALS),
            "dropped",
        ]
        for name in SIGNALS:
            expected = pl.Int32 if name in COUNTS else pl.Float32
            assert measured[f"quality.{name}"].dtype == expected
        assert measured["dropped"].null_count() == len(frame)


@pytest.mark.parametrize(
    ("text", "signal", "value"),
    [
        ("El niño come pan.", "words", 4),
        ("El niño come pan.", "mean_word_length", 14 / 4),
        ("El niño come pan. ¿Sí? «¡No!» Fin", "sentences", 3),
        ("uno\ndos\n\ntres\n", "lines", 3),
        ("uno 2 3 cuatro", "alphabetic_word_share", 0.5),
        ("#uno ... dos… tres", "symbol_word_ratio", 3 / 4),
        ("año 2024", "digit_share", 4 / 7),
        ("ÀBC def", "uppercase_share", 0.5),
        ("ver www.a.es o https://b.eu", "url_share", 20 / 24),
        ("a { b }", "brace_share", 0.5),
        ("- a\n* b\n• c\n– d\n—Hola", "bullet_line_share", 4 / 5),
        ("sigue...\nsigue…\nno.\nno\nno", "ellipsis_line_share", 2 / 5),
        ("Sí.\n¿No?\n«Ya.»\nMenú\nOtro", "punctuated_line_share", 3 / 5),
        ("a" * 30 + ("\n" + "b" * 31) * 4, "short_line_share", 1 / 5),
        ("a b\nc d\ne f", "line_word_ratio", 0.5),
        ("uno\ndos\nUno\nuno", "duplicate_line_share", 0.5),
        ("a bc\nd\nd", "duplicate_line_character_share", 1 / 6),
        ("a b\nc\n\na b\nc\n\nd", "duplicate_paragraph_share", 1 / 3),
        ("ab cd ab cd e", "top_2gram_share", 8 / 9),
        ("uno dos tres uno dos tres", "loop_share", 0.5),
        ("l'avi i la col·lecció", "lix", 5 + 100 / 5),
        ("niño", "inflesz", 206.835 - 62.3 * 2 - 1),
    ],
)
def test_values_computed_by_hand(text: str, signal: str, value: float) -> None:
    assert signals(text)[signal] == pytest.approx(value, rel=1e-6)


def test_a_share_of_too_little_is_null() -> None:
    found = signals("Menú\nInicio")
    assert found["short_line_share"] is None
    assert found["function_word_share"] is None
    assert found["accented_letter_share"] is None


def test_inflesz_is_for_spanish_alone() -> None:
    assert signals(STORIES["es"], "es")["inflesz"] is not None
    assert signals(STORIES["gl"], "gl")["inflesz"] is None


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.sampled_from(["es", "ca", "ca-valencia", "eu", "gl", "es-AR", "de", None]))
def test_signals_are_finite_and_shares_lie_between_0_and_1(
    texts: list[str], language: str | None
) -> None:
    measured = quality_signals().apply(frame_of(*texts, language=language))
    for name in SIGNALS:
        for value in measured[f"quality.{name}"].drop_nulls():
            assert math.isfinite(value)
            within_words = name in ("mojibake_share", "lost_character_share", "tag_share")
            per_word = within_words or name in ("entity_share", "broken_geminate_share")
            if name.endswith("_share") and not per_word:
                assert 0 <= value <= 1, name
            elif name != "inflesz":
                assert value >= 0, name


@settings(max_examples=40, deadline=None)
@given(TEXTS)
@example(["...", ""])
@example([".", "a"])
def test_a_text_has_the_same_signals_alone_and_in_any_company(texts: list[str]) -> None:
    together = quality_signals().apply(frame_of(*texts))
    backwards = quality_signals().apply(frame_of(*reversed(texts))).reverse()
    assert_frame_equal(together, backwards, check_exact=True)
    for row, text in enumerate(texts):
        alone = quality_signals().apply(frame_of(text))
        assert_frame_equal(together[row : row + 1], alone, check_exact=True)


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frame_of(*STORIES.values(), *STORIES.values())
    whole = quality_signals().apply(frame)
    monkeypatch.setattr(module, "_CHUNK_BYTES", 700)
    assert_frame_equal(quality_signals().apply(frame), whole, check_exact=True)


def test_a_slice_of_a_frame_is_measured_as_what_it_shows() -> None:
    frame = frame_of("uno", STORIES["es"], "dos", "tres")
    measured = quality_signals().apply(frame)
    assert_frame_equal(quality_signals().apply(frame[1:3]), measured[1:3], check_exact=True)


def test_a_null_text_counts_as_empty() -> None:
    frame = pl.DataFrame({"text": [None, "a"], "language": ["es", "es"]})
    assert quality_signals().apply(frame)["quality.words"].to_list() == [0, 1]
