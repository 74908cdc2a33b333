"""Which texts a model was trained on, and on what terms: counted from the corpus itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.release.json_files import read_json

_SITES_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class TextSource:
    """The training documents of one source under one licence."""

    source: str
    licence: str
    languages: tuple[str, ...]
    documents: int
    bytes: int
    """UTF-8 bytes of the text."""
    sites: tuple[str, ...]
    """Where the documents were found, up to three web sites."""


def text_sources(corpus: Path) -> list[TextSource]:
    """The sources of `corpus/train/*.parquet`, sorted by name and licence.

    Raises DataError `release.no-corpus` where there is no training text.
    """
    import polars as pl

    from tertulia.errors import DataError

    files = sorted((corpus / "train").glob("*.parquet"))
    if not files:
        raise DataError(
            "release.no-corpus",
            "the corpus holds no training text",
            where=str(corpus / "train"),
            remedy="Run the recipe again from the corpus stage",
        )
    site = pl.col("url").cast(pl.String).str.extract(r"^(https?://[^/]+)")
    rows = (
        pl.concat([pl.scan_parquet(file) for file in files], how="diagonal_relaxed")
        .group_by("source", "licence")
        .agg(
            pl.col("language").unique().sort().alias("languages"),
            pl.len().alias("documents"),
            pl.col("text").str.len_bytes().sum().alias("bytes"),
            site.drop_nulls().unique().sort().head(_SITES_NAMED).alias("sites"),
        )
        .sort("source", "licence")
        .collect(engine="streaming")
    )
    return [
        TextSource(
            source=row["source"],
            licence=row["licence"],
            languages=tuple(row["languages"]),
            documents=row["documents"],
            bytes=row["bytes"],
            sites=tuple(row["sites"]),
        )
        for row in rows.iter_rows(named=True)
    ]


def conversation_sources(align: Path) -> list[tuple[str, str]]:
    """Name and licence of each source of conversations that alignment took."""
    return [
        (row["source"], row["licence"])
        for row in read_json(align / "conversations.json").get("sources", [])
    ]


def notice(
    name: str,
    licence: str,
    sources: Sequence[TextSource],
    conversations: Sequence[tuple[str, str]] = (),
) -> str:
    """The NOTICE file: who is to be thanked for the text, and under which licence each lies."""
    lines = [
        name,
        f"Licence of the model: {licence}",
        "",
        "This model was trained on texts from the sources below, each under its own licence.",
        "The texts are not part of this distribution.",
        "",
    ]
    for source in sources:
        lines += [
            source.source,
            f"  licence: {source.licence}",
            f"  languages: {', '.join(source.languages)}",
            f"  documents: {source.documents}",
            f"  bytes: {source.bytes}",
            *(f"  found at: {site}" for site in source.sites),
            "",
        ]
    for source_name, declared in conversations:
        lines += [
            f"{source_name} (conversations)",
            f"  licence: {declared}",
            "",
        ]
    return "\n".join(lines)
