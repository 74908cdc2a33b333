"""Languages: tags written one way, and documents of those that the recipe asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tertulia.corpus.document import NO_LANGUAGE
from tertulia.corpus.step import DROPPED, Step
from tertulia.languages import canonical_tag, recipe_base

if TYPE_CHECKING:
    import polars as pl

LANGUAGE_NOT_WANTED = "language-not-wanted"
LANGUAGE_UNKNOWN = "language-unknown"


def language_tags() -> Step:
    """Writes tags as documents carry them, and `und` where nobody states one; drops nothing."""

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        stated = pl.col("language").fill_null(NO_LANGUAGE)
        # Few distinct tags, many rows: Python sees each tag once.
        tags = frame.select(stated).to_series().unique().to_list()
        written = {tag: canonical_tag(tag) or NO_LANGUAGE for tag in tags}
        return frame.with_columns(
            stated.replace_strict(written, return_dtype=pl.String),
            pl.lit(None, pl.String).alias(DROPPED),
        )

    return Step(name="language-tags", version=1, apply=apply)


def language(wanted: Sequence[str]) -> Step:
    """Keeps documents whose tag rolls up into one of `wanted`.

    Reasons `language-unknown` where nobody states one, else `language-not-wanted`.
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        reasons = {tag: _reason(tag, wanted) for tag in frame["language"].unique().to_list()}
        return frame.with_columns(
            pl.col("language").replace_strict(reasons, return_dtype=pl.String).alias(DROPPED)
        )

    return Step(name="language", version=2, apply=apply)


def _reason(tag: str, wanted: Sequence[str]) -> str | None:
    if tag == NO_LANGUAGE:
        return LANGUAGE_UNKNOWN
    return None if recipe_base(tag) in wanted else LANGUAGE_NOT_WANTED
