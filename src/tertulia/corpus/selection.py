"""Two filters on what a document says of itself: its licence and its language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tertulia.corpus.document import NO_LANGUAGE, UNKNOWN_LICENCE
from tertulia.corpus.step import DROPPED, Step
from tertulia.languages import canonical_tag, known_base

if TYPE_CHECKING:
    import polars as pl

LICENCE_UNKNOWN = "licence-unknown"
LANGUAGE_NOT_WANTED = "language-not-wanted"
LANGUAGE_UNKNOWN = "language-unknown"

_NO_LICENCE = ("", "unknown", "noassertion", "none", UNKNOWN_LICENCE.lower())
"""What sources write where they know none; NOASSERTION and NONE are SPDX."""


def licence(*, allow_unknown: bool) -> Step:
    """Writes a missing licence as `LicenseRef-unknown`, reason `licence-unknown` unless allowed."""

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        stated = pl.col("licence").fill_null("").str.strip_chars()
        unknown = stated.str.to_lowercase().is_in(_NO_LICENCE)
        reason = pl.lit(None, pl.String) if allow_unknown else pl.lit(LICENCE_UNKNOWN)
        return frame.with_columns(
            pl.when(unknown).then(pl.lit(UNKNOWN_LICENCE)).otherwise(stated).alias("licence"),
            pl.when(unknown).then(reason).otherwise(None).alias(DROPPED),
        )

    return Step(name="licence", version=1, apply=apply)


def language(wanted: Sequence[str]) -> Step:
    """Keeps documents whose tag rolls up into one of `wanted`, and writes tags one way.

    Reasons `language-unknown` where nobody states one, else `language-not-wanted`.
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        stated = pl.col("language").fill_null(NO_LANGUAGE)
        # Few distinct tags, many rows: Python sees each tag once.
        tags = frame.select(stated).to_series().unique().to_list()
        canonical = {tag: canonical_tag(tag) for tag in tags}
        reasons = {tag: _reason(tag, wanted) for tag in tags}
        return frame.with_columns(
            stated.replace_strict(canonical, return_dtype=pl.String),
            stated.replace_strict(reasons, return_dtype=pl.String).alias(DROPPED),
        )

    return Step(name="language", version=1, apply=apply)


def _reason(tag: str, wanted: Sequence[str]) -> str | None:
    if tag in ("", NO_LANGUAGE):
        return LANGUAGE_UNKNOWN
    return None if known_base(tag) in wanted else LANGUAGE_NOT_WANTED
