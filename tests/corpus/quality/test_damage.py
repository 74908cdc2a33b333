"""Damage: each defect is seen, and clean text has none; ftfy agrees on mojibake."""

from __future__ import annotations

import ftfy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpus.quality.measuring import NOTICES, STORIES, signals

LATIN = st.text("abcçdeéèfghiíïjklmnñoóòpqrstuúü ·¿¡«»’", min_size=3, max_size=40)
KINDS = (
    "mojibake_share",
    "lost_character_share",
    "entity_share",
    "tag_share",
    "broken_geminate_share",
)


@pytest.mark.parametrize("text", [*STORIES.values(), *NOTICES.values()])
def test_clean_text_has_no_damage(text: str) -> None:
    found = signals(text, "ca")
    assert [found[kind] for kind in KINDS] == [0] * len(KINDS)


@pytest.mark.parametrize(
    ("text", "kind", "places"),
    [
        ("camiÃ³n y niÃ±o", "mojibake_share", 2),
        ("colÂ·lecciÃ³ nova", "mojibake_share", 2),
        ("itâ€™s así", "mojibake_share", 1),
        ("Ã\u00adndice Ãndice", "mojibake_share", 2),
        ("camiÃƒÂ³n", "mojibake_share", 2),
        ("ni\ufffdo cami\ufffdn", "lost_character_share", 2),
        ("ni?o y a?os ¿no? Sí.", "lost_character_share", 2),
        ("a\x01b \ue000 \x85", "lost_character_share", 3),
        ("&eacute;l &amp; ella &#8217; a & b;", "entity_share", 3),
        ("<p>uno</p> 3 < 4 <br/>", "tag_share", 3),
        ("col.lecció i al•legar i il‧lús", "broken_geminate_share", 3),
    ],
)
def test_each_defect_is_counted_per_word(text: str, kind: str, places: int) -> None:
    found = signals(text, "ca")
    assert found[kind] == pytest.approx(places / found["words"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NÃO, SÃO PAULO", "mojibake_share"),
        ("Âge d'or", "mojibake_share"),
        ("https://a.eu/x?y=z www.b.es/q?r", "lost_character_share"),
        ("¿Qué? ¿Quién?", "lost_character_share"),
        ("I+D & Cía; fin", "entity_share"),
        ("Final. Llavors", "broken_geminate_share"),
        ("https://col.legi.cat col·lecció", "broken_geminate_share"),
    ],
)
def test_what_only_looks_like_damage_is_none(text: str, kind: str) -> None:
    assert signals(text, "ca")[kind] == 0


@settings(max_examples=80, deadline=None)
@given(LATIN)
def test_what_ftfy_mends_as_wrongly_decoded_is_seen(text: str) -> None:
    """Not the other way round: ftfy leaves a lone pair alone that could be meant."""
    broken = text.encode().decode("cp1252", errors="ignore")
    if broken != text and ftfy.fix_encoding(broken) == text:
        assert signals(broken)["mojibake_share"] > 0


@settings(max_examples=80, deadline=None)
@given(LATIN)
def test_what_was_never_broken_is_not_called_mojibake(text: str) -> None:
    assert signals(text)["mojibake_share"] == 0


def test_letters_without_their_accents_show_in_the_share() -> None:
    text = STORIES["ca"] + STORIES["ca"]
    plain = text.translate(str.maketrans("àéèíïòóúç·", "aeeiioouc."))
    assert signals(text, "ca")["accented_letter_share"] > 0.01
    assert signals(plain, "ca")["accented_letter_share"] == 0
