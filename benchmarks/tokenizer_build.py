"""Tokenizers of a folder of real corpora, built as the stage builds them.

The folder holds `corpus/LANGUAGE/SOURCE.jsonl.zst`, rows with a `text`. A source from which an
evaluation text was taken is left out, and so is every row that holds one of its lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.tokenizer_texts import evaluation_texts, plain
from tertulia.tokenizer.balance import balanced
from tertulia.tokenizer.sample import sampled_counts
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_on_counts

LEFT_OUT = frozenset({"sli-ctg_technical"})
"""The corpus from which UD_Galician-CTG was taken."""

SAMPLE_BYTES = 100_000_000
RECIPES: dict[int, dict[str, float]] = {
    32_768: {"es": 2.5, "eu": 1.9, "ca-valencia": 0.9},
    65_536: {"es": 10.0, "eu": 1.5, "ca-valencia": 0.8},
}
"""Vocabulary -> weights of languages. Chosen on the group `tuning`, and for even numbers of tokens
on parallel text: a small vocabulary has little to spare for Spanish before Basque suffers."""

EVERYDAY = {
    source: 2.5
    for source in (
        "common-voice-sentences", "globalvoices-ca", "libreim-blog", "nos-cc0-samples",
        "openstax-fisica-universitaria", "openstax-introduccion-estadistica", "openstax-quimica",
        "parlamint-es", "pybonacci-blog", "sli-nerc-gold_news", "softcatala-web",
        "softcatala_ca-text-corpus", "tatoeba-spa", "temu-bsc_cc0-sentences", "xezpeleta-blog",
    )
}  # fmt: skip
"""Sentences of everyday life, contemporary speeches, news, blogs and textbooks."""

_SHORTEST_LINE = 30
"""Characters: a shorter line of an evaluation text may stand anywhere by chance."""


def write_corpus(data: Path, folder: Path) -> dict[str, int]:
    """Writes `train/LANGUAGE.parquet` of the corpora in `data`; source -> rows left out."""
    known = {
        line
        for text in evaluation_texts()
        for line in text.lines(data)
        if len(line) >= _SHORTEST_LINE
    }
    (folder / "train").mkdir(parents=True)
    schema = pa.schema([("id", pa.string()), ("source", pa.string()), ("text", pa.string())])
    dropped: dict[str, int] = {}
    for language in sorted(path for path in (data / "corpus").iterdir() if path.is_dir()):
        with pq.ParquetWriter(folder / "train" / f"{language.name}.parquet", schema) as writer:
            for file in sorted(language.glob("*.jsonl.zst")):
                source = file.name.removesuffix(".jsonl.zst")
                if source in LEFT_OUT:
                    continue
                texts = list(_texts(file))
                kept = [text for text in texts if not _holds(text, known)]
                if len(kept) < len(texts):
                    dropped[f"{language.name}/{source}"] = len(texts) - len(kept)
                ids = [f"{source}/{n}" for n in range(len(kept))]
                columns = {"id": ids, "source": [source] * len(kept), "text": kept}
                writer.write_table(pa.table(columns, schema=schema))
    return dropped


def _texts(file: Path) -> Iterator[str]:
    for line in plain(file.name, file.read_bytes()).decode("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)["text"]


def _holds(text: str, known: set[str]) -> bool:
    return any(line.strip() in known for line in text.split("\n"))


def count(folder: Path) -> dict[str, pl.DataFrame]:
    """What `write_corpus` wrote, as the stage counts it."""
    return sampled_counts(folder, SAMPLE_BYTES, seed=0)


def build(
    counts: Mapping[str, pl.DataFrame],
    vocabulary: int,
    *,
    without: tuple[str, str] | None = None,
    language_weights: Mapping[str, float] | None = None,
) -> Tokenizer:
    """A tokenizer of `counts`, `without` one (language, source)."""
    if without:
        language, source = without
        counts = {**counts, language: counts[language].filter(pl.col("source") != source)}
    if language_weights is None:
        language_weights = RECIPES[vocabulary]
    weighed = balanced(counts, language_weights=language_weights, source_weights=EVERYDAY)
    return Tokenizer(train_on_counts(weighed, vocabulary))
