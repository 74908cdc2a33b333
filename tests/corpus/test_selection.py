"""Licence and language decide who stays."""

from __future__ import annotations

import polars as pl
import pytest

from tertulia.corpus.selection import language, licence


def _licences(*stated: str | None, allow: bool = False) -> list[tuple[str, str | None]]:
    frame = pl.DataFrame({"licence": list(stated)}, schema={"licence": pl.String})
    result = licence(allow_unknown=allow).apply(frame)
    return list(zip(result["licence"], result["dropped"], strict=True))


def _languages(*stated: str | None, wanted: tuple[str, ...]) -> list[tuple[str, str | None]]:
    frame = pl.DataFrame({"language": list(stated)}, schema={"language": pl.String})
    result = language(wanted).apply(frame)
    return list(zip(result["language"], result["dropped"], strict=True))


@pytest.mark.parametrize("stated", [None, "", " ", "unknown", "NOASSERTION", "LicenseRef-unknown"])
def test_a_document_without_licence_is_dropped_unless_allowed(stated: str | None) -> None:
    assert _licences(stated) == [("LicenseRef-unknown", "licence-unknown")]
    assert _licences(stated, allow=True) == [("LicenseRef-unknown", None)]


def test_a_stated_licence_stays() -> None:
    assert _licences("CC-BY-4.0", " MIT ") == [("CC-BY-4.0", None), ("MIT", None)]


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
