"""Language identification as steps of a pipeline: one annotates, one splits mixed documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tertulia.corpus.document import NO_LANGUAGE, document_id
from tertulia.corpus.language_id.documents import (
    SEVERAL,
    IdentifiedDocuments,
    catalan_varieties,
    identify_documents,
)
from tertulia.corpus.language_id.segments import segments
from tertulia.corpus.language_id.variety import CATALAN
from tertulia.corpus.step import DROPPED, Step
from tertulia.languages import known_base
from tertulia.recipe.language_spec import LanguageSpec

if TYPE_CHECKING:
    import polars as pl

DISAGREES = "language-disagrees"
"""Reason: the document is confidently in another language than the one its source declares."""

LANGUAGE = "language-id.language"
CONFIDENCE = "language-id.confidence"
VARIETY = "language-id.variety"
VARIETY_CONFIDENCE = "language-id.variety-confidence"


def language_id_step(spec: LanguageSpec) -> Step:
    """Adds what was identified beside each document, and sets `language` as `spec` says.

    Columns, null throughout where `identify` is `never`: `language-id.language`,
    `language-id.variety` (String), `language-id.confidence`, `language-id.variety-confidence`
    (Float32).
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        if spec.identify == "never":
            return _annotated(frame, None).with_columns(_nothing_dropped())
        return _decided(frame, identify_documents(frame["text"].to_list()), spec)

    return Step(name="language-id", version=1, apply=apply)


def segment_step(spec: LanguageSpec) -> Step:
    """Puts the segments of a document in several languages in its place, where `spec` wants it.

    A segment's parent is the document's id. More rows may come out than went in; a document whose
    segments are all in one language stays as it was.
    """

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        if spec.segment and LANGUAGE in frame.columns:
            rows = frame.with_row_index("row")
            several = rows.filter(pl.col(LANGUAGE) == SEVERAL)
            replaced = _segmented(several, spec)
            if replaced.height:
                whole = rows.filter(~pl.col("row").is_in(replaced["row"].unique().to_list()))
                rows = pl.concat([whole, replaced]).sort("row", maintain_order=True)
            frame = rows.drop("row")
        return frame.with_columns(_nothing_dropped())

    return Step(name="segment", version=1, apply=apply)


def _nothing_dropped() -> pl.Expr:
    import polars as pl

    return pl.lit(None, dtype=pl.String).alias(DROPPED)


def _annotated(frame: pl.DataFrame, found: IdentifiedDocuments | None) -> pl.DataFrame:
    import polars as pl

    if found is None:
        return frame.with_columns(
            *(pl.lit(None, dtype=pl.String).alias(name) for name in (LANGUAGE, VARIETY)),
            *(
                pl.lit(None, dtype=pl.Float32).alias(name)
                for name in (CONFIDENCE, VARIETY_CONFIDENCE)
            ),
        )
    catalan = pl.Series([variety is not None for variety in found.varieties], dtype=pl.Boolean)
    return frame.with_columns(
        pl.Series(LANGUAGE, found.tags, dtype=pl.String),
        pl.Series(VARIETY, found.varieties, dtype=pl.String),
        pl.Series(CONFIDENCE, found.confidences),
        pl.when(catalan)
        .then(pl.Series(VARIETY_CONFIDENCE, found.variety_confidences))
        .otherwise(None)
        .alias(VARIETY_CONFIDENCE),
    )


def _decided(frame: pl.DataFrame, found: IdentifiedDocuments, spec: LanguageSpec) -> pl.DataFrame:
    import polars as pl

    languages: list[str | None] = []
    dropped: list[str | None] = []
    for declared, tag, confidence, variety_confidence in zip(
        frame["language"].to_list(),
        found.tags,
        found.confidences.tolist(),
        found.variety_confidences.tolist(),
        strict=True,
    ):
        sure = confidence >= spec.min_confidence
        stated = declared if declared and declared != NO_LANGUAGE else None
        language = _language(stated, tag if sure else NO_LANGUAGE, spec, variety_confidence)
        languages.append(language)
        other = stated is not None and sure and tag not in (NO_LANGUAGE, SEVERAL)
        disagrees = spec.identify == "check" and other and _base(stated) != _base(tag)
        dropped.append(DISAGREES if disagrees else None)
    return _annotated(frame, found).with_columns(
        pl.Series("language", languages, dtype=pl.String),
        pl.Series(DROPPED, dropped, dtype=pl.String),
    )


def _language(
    stated: str | None, tag: str, spec: LanguageSpec, variety_confidence: float
) -> str | None:
    """What the document's language is from now on; `tag` is `und` where nothing is sure."""
    if stated is None:
        return tag
    if spec.identify != "always":
        return stated
    if _base(stated) != _base(tag):
        return tag
    # The language agrees: a region stays, and so does a variety that is not surely another.
    unsure = variety_confidence < spec.min_confidence
    return stated if _base(tag) != CATALAN or unsure else tag


def _base(tag: str | None) -> str:
    """The language without region or variety: Valencian is Catalan here."""
    return (known_base(tag) or (tag or "").lower()).split("-")[0].split("_")[0]


def _segmented(several: pl.DataFrame, spec: LanguageSpec) -> pl.DataFrame:
    """The rows of the segments of every document that has segments of more than one language."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    for document in several.iter_rows(named=True):
        parts = segments(document["text"], spec.min_segment)
        if len({part.language for part in parts}) < 2:
            continue
        for number, part in enumerate(parts):
            text = document["text"][part.start : part.end].strip("\n")
            variety, sure = None, None
            if part.language == CATALAN:
                varieties, confidences = catalan_varieties([text])
                variety, sure = varieties[0], float(confidences[0])
            tag = variety or part.language
            confident = part.confidence >= spec.min_confidence
            rows.append(
                document
                | {
                    "id": document_id(document["source"], document["id"], f"segment {number}"),
                    "parent": document["id"],
                    "text": text,
                    "language": tag if confident else NO_LANGUAGE,
                    LANGUAGE: tag,
                    CONFIDENCE: part.confidence,
                    VARIETY: variety,
                    VARIETY_CONFIDENCE: sure,
                }
            )
    return pl.DataFrame(rows, schema=several.schema)
