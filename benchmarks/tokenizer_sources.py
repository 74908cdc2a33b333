"""Builds with each source left out, measured on that source: how words of a new register fare.

python -m benchmarks.tokenizer_sources DATA [--work DIR] [--vocabulary 65536] [--most 5]

Only the `--most` largest sources of each language are left out in turn. Tokens are counted
piece by piece, which gives what encoding gives, since no merge crosses a piece. Words are the
pieces that hold a letter here, so the figures are not those of the other tables.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.results_file import write_section
from benchmarks.tokenizer_build import build, count, write_corpus
from tertulia.tokenizer.tokenizer import Tokenizer

_LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--vocabulary", type=int, default=65_536)
    parser.add_argument("--most", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        write_corpus(arguments.data, Path(folder))
        counts = count(Path(folder))
    whole = build(counts, arguments.vocabulary)
    rows = []
    for language in _LANGUAGES:
        for source, pieces in _sources(counts[language], arguments.most):
            without = build(counts, arguments.vocabulary, without=(language, source))
            seen, unseen = tokens_per_word(whole, pieces), tokens_per_word(without, pieces)
            rows.append((language, source, unseen, seen))
            print(*rows[-1], flush=True)
    write_section("tokenizer-sources", _report(rows, arguments.vocabulary))


def _sources(counts: pl.DataFrame, most: int) -> list[tuple[str, pl.DataFrame]]:
    """The `most` sources with the most pieces, by name, and their counts."""
    by_source = counts.partition_by("source", as_dict=True)
    size = {str(source): int(pieces["count"].sum()) for (source,), pieces in by_source.items()}
    largest = sorted(size, key=lambda source: (-size[source], source))[:most]
    return [(source, by_source[(source,)]) for source in sorted(largest)]


def tokens_per_word(tokenizer: Tokenizer, pieces: pl.DataFrame) -> float:
    """Tokens of all pieces over the number of pieces with a letter."""
    lengths = pl.Series([len(ids) for ids in tokenizer.encode_batch(pieces["piece"].to_list())])
    words = int(pieces.filter(pl.col("piece").str.contains(r"\p{L}"))["count"].sum())
    return int((lengths * pieces["count"]).sum()) / words


def _report(rows: list[tuple[str, str, float, float]], vocabulary: int) -> str:
    parts = [
        f"## Tokenizer of {vocabulary:,} entries: each source left out",
        "Tokens per piece with a letter (digits and signs counted as tokens, not as words) on a "
        "source that the build never saw, and what the build of everything gives on it.",
        "| language | source | unseen | seen |\n| --- | --- | --- | --- |\n"
        + "\n".join(f"| {lang} | {src} | {new:.3f} | {old:.3f} |" for lang, src, new, old in rows),
    ]
    for language in _LANGUAGES:
        own = [row for row in rows if row[0] == language]
        if own:
            worst = max(own, key=lambda row: row[2])
            mean = sum(row[2] for row in own) / len(own)
            parts.append(f"- {language}: mean {mean:.3f}, worst {worst[2]:.3f} ({worst[1]})")
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
