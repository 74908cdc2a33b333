"""The steps: what becomes of a document's declared language."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tertulia.corpus.document import WORKING
from tertulia.corpus.language_id import language_id_step, segment_step
from tertulia.corpus.step import DROPPED, kept
from tertulia.recipe.language_spec import LanguageSpec

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

ADDED = (
    "language-id.language",
    "language-id.variety",
    "language-id.confidence",
    "language-id.variety-confidence",
)


def _frame(*documents: tuple[str, str | None]) -> pl.DataFrame:
    known: dict[str, list[str | None]] = {
        "id": [f"s/{at}" for at in range(len(documents))],
        "text": [text for text, _ in documents],
        "language": [language for _, language in documents],
        "source": ["s"] * len(documents),
    }
    columns = {name: known.get(name, [None] * len(documents)) for name in WORKING}
    return pl.DataFrame(columns, schema=dict.fromkeys(WORKING, pl.String))


def _identified(identify: Any, *documents: tuple[str, str | None]) -> pl.DataFrame:
    return language_id_step(LanguageSpec(identify=identify)).apply(_frame(*documents))


@pytest.mark.parametrize("identify", ["never", "missing", "check", "always"])
def test_the_columns_are_the_same_whatever_the_batch(identify: Any) -> None:
    filled = _identified(identify, (SPANISH, None), ("", "es"), (CATALAN, "ca"))
    empty = _identified(identify)
    assert filled.schema == empty.schema
    assert filled.columns == [*WORKING, *ADDED, DROPPED]


def test_never_trusts_the_sources() -> None:
    frame = _identified("never", (SPANISH, "eu"), (BASQUE, None))
    assert frame["language"].to_list() == ["eu", None]
    assert frame["language-id.language"].to_list() == [None, None]


def test_missing_fills_in_only_what_nobody_declared() -> None:
    frame = _identified("missing", (SPANISH, "eu"), (BASQUE, None), (VALENCIAN, "und"))
    assert frame["language"].to_list() == ["eu", "eu", "ca-valencia"]
    assert frame["language-id.language"].to_list() == ["es", "eu", "ca-valencia"]
    assert frame[DROPPED].null_count() == 3


def test_check_drops_a_document_that_is_surely_in_another_language() -> None:
    frame = _identified(
        "check", (SPANISH, "eu"), (SPANISH, "es-AR"), (VALENCIAN, "ca"), ("Sí.", "eu"), (BASQUE, "")
    )
    assert frame[DROPPED].to_list() == ["language-disagrees", None, None, None, None]
    assert frame["language"].to_list() == ["eu", "es-AR", "ca", "eu", "eu"]


def test_always_replaces_what_was_declared_but_keeps_a_region_that_agrees() -> None:
    frame = _identified(
        "always", (SPANISH, "eu"), (SPANISH, "es-AR"), (VALENCIAN, "ca"), (CATALAN, "ca-valencia")
    )
    assert frame["language"].to_list() == ["es", "es-AR", "ca-valencia", "ca"]


def test_below_the_least_confidence_a_document_is_undetermined() -> None:
    step = language_id_step(LanguageSpec(min_confidence=1.0))
    frame = step.apply(_frame(("Sí, no.", None), ("", None)))
    assert frame["language"].to_list() == ["und", "und"]


def test_a_mixed_document_becomes_its_segments() -> None:
    spec = LanguageSpec(segment=True)
    mixed = f"{SPANISH}\n{SPANISH}\n{BASQUE}\n{BASQUE}"
    frame = kept(language_id_step(spec).apply(_frame((CATALAN, None), (mixed, None))))
    assert frame["language"].to_list() == ["ca", "mul"]
    after = segment_step(spec).apply(frame)
    assert after["language"].to_list() == ["ca", "es", "eu"]
    assert after["parent"].to_list() == [None, "s/1", "s/1"]
    assert after["id"].n_unique() == 3
    assert after["text"].to_list()[1:] == [f"{SPANISH}\n{SPANISH}", f"{BASQUE}\n{BASQUE}"]
    assert after.drop(DROPPED).schema == frame.schema
    assert segment_step(spec).apply(frame).equals(after)


def test_without_the_wish_a_mixed_document_stays_whole() -> None:
    spec = LanguageSpec()
    frame = kept(language_id_step(spec).apply(_frame((f"{SPANISH}\n{BASQUE}", None))))
    assert segment_step(spec).apply(frame).drop(DROPPED).equals(frame)
