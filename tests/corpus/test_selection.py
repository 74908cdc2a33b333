"""Language decides who stays."""

from __future__ import annotations

import polars as pl

from tertulia.corpus.selection import language, language_tags
from tertulia.corpus.step import kept


def _languages(*stated: str | None, wanted: tuple[str, ...]) -> list[tuple[str, str | None]]:
    frame = pl.DataFrame({"language": list(stated)}, schema={"language": pl.String})
    result = language(wanted).apply(kept(language_tags().apply(frame)))
    return list(zip(result["language"], result["dropped"], strict=True))


def test_regions_count_as_their_language_and_keep_their_tag() -> None:
    assert _languages("es", "es-ar", "gl", wanted=("es",)) == [
        ("es", None),
        ("es-AR", None),
        ("gl", "language-not-wanted"),
    ]


def test_valencian_is_not_catalan() -> None:
    assert _languages("ca", "ca-ES-valencia", wanted=("ca",)) == [
        ("ca", None),
        ("ca-valencia", "language-not-wanted"),
    ]


def test_an_unstated_language_is_another_reason_than_an_unwanted_one() -> None:
    assert _languages(None, "und", "en", wanted=("es",)) == [
        ("und", "language-unknown"),
        ("und", "language-unknown"),
        ("en", "language-not-wanted"),
    ]


def test_english_stays_where_the_recipe_keeps_it() -> None:
    assert _languages("en", "en-GB", "pt", wanted=("es", "en")) == [
        ("en", None),
        ("en-GB", None),
        ("pt", "language-not-wanted"),
    ]
