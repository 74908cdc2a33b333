"""datatrove's leg of `benchmarks.corpus_engine`; its own interpreter runs this file as a script.

    python datatrove_leg.py --input FOLDER --work FOLDER --workers N --model lid.176.ftz

JSON lines -> language -> Gopher repetition and quality, C4, FineWeb -> MinHash -> Parquet, the
order of its FineWeb example. The last line printed is JSON: documents read, kept by the filters,
written. Thresholds are so loose that every filter works to its end on every document.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

LANGUAGE = "es"
"""One tokenizer for all five languages: spaCy's rules for Spanish, which need no download; the
one that it prefers for Galician is a neural network that has to be downloaded."""

_NEVER = 1e9


def main() -> None:
    made = argparse.ArgumentParser()
    made.add_argument("--input", type=Path, required=True)
    made.add_argument("--work", type=Path, required=True)
    made.add_argument("--workers", type=int, required=True)
    made.add_argument("--model", type=Path)
    arguments = made.parse_args()
    # Where it keeps what it downloads, here the copy of the model; read at import.
    os.environ["HF_ASSETS_CACHE"] = str(arguments.work / "assets")
    os.environ["HF_HUB_OFFLINE"] = "1"
    print(json.dumps(run(arguments.input, arguments.work, arguments.workers, arguments.model)))


def run(source: Path, work: Path, workers: int, model: Path | None) -> dict[str, int]:
    """Runs the whole path; gives documents read, passed and written."""
    from datatrove.executor import LocalPipelineExecutor

    for number, (pipeline, tasks) in enumerate(_stages(source, work, workers, model)):
        LocalPipelineExecutor(
            pipeline, tasks=tasks, workers=workers, logging_dir=str(work / f"logs{number}")
        ).run()
    return _counts(work, source)


def _stages(
    source: Path, work: Path, workers: int, model: Path | None
) -> list[tuple[list[object], int]]:
    """Pipelines, one after the other, and in how many tasks each."""
    from datatrove.pipeline.dedup import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter, ParquetWriter
    from datatrove.utils.hashing import HashConfig

    config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, n_grams=5)
    passed, signatures = str(work / "passed"), str(work / "signatures")
    buckets, removed = str(work / "buckets"), str(work / "removed")
    # Signatures are taken while the passing documents go by: one reading less than its example.
    return [
        (
            [
                JsonlReader(str(source), glob_pattern="**/*.jsonl.zst"),
                *_filters(model),
                JsonlWriter(passed, compression=None),
                MinhashDedupSignature(signatures, config=config, language=LANGUAGE),
            ],
            workers,
        ),
        (
            [
                MinhashDedupBuckets(
                    signatures,
                    buckets,
                    config=config,
                    only_dedup_in_index=False,
                    # Its default reads the disk a few signatures at a time.
                    lines_to_buffer=1000,
                )
            ],
            config.num_buckets,
        ),
        ([MinhashDedupCluster(buckets, removed, config=config, lines_to_buffer=1000)], 1),
        (
            [
                JsonlReader(passed, compression=None),
                MinhashDedupFilter(removed),
                ParquetWriter(str(work / "out")),
            ],
            workers,
        ),
    ]


def _filters(model: Path | None) -> list[object]:
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        LanguageFilter,
    )

    steps: list[object] = []
    if model is not None:
        language = LanguageFilter(label_only=True)
        # On the instance: the class as changed here does not reach the worker processes.
        language.model.MODEL_URL = str(model)
        steps.append(language)
    return [
        *steps,
        *_gopher(),
        C4QualityFilter(
            remove_citations=False,
            filter_no_terminal_punct=False,
            min_num_sentences=0,
            min_words_per_line=0,
            max_word_length=10**9,
            filter_lorem_ipsum=False,
            filter_javascript=False,
            filter_curly_bracket=False,
            filter_policy=False,
            language=LANGUAGE,
        ),
        FineWebQualityFilter(
            line_punct_thr=-1.0,
            short_line_thr=_NEVER,
            char_duplicates_ratio=_NEVER,
            new_line_ratio=_NEVER,
            language=LANGUAGE,
        ),
    ]


def _gopher() -> list[object]:
    from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter

    return [
        GopherRepetitionFilter(
            dup_line_frac=_NEVER,
            dup_para_frac=_NEVER,
            dup_line_char_frac=_NEVER,
            dup_para_char_frac=_NEVER,
            top_n_grams=tuple((n, _NEVER) for n in range(2, 5)),
            dup_n_grams=tuple((n, _NEVER) for n in range(5, 11)),
            language=LANGUAGE,
        ),
        GopherQualityFilter(
            min_doc_words=1,
            max_doc_words=10**9,
            min_avg_word_length=1e-9,
            max_avg_word_length=_NEVER,
            max_symbol_word_ratio=_NEVER,
            max_bullet_lines_ratio=_NEVER,
            max_ellipsis_lines_ratio=_NEVER,
            max_non_alpha_words_ratio=1e-9,
            min_stop_words=1e-9,
            stop_words=["de", "la", "que", "el", "en", "i", "e", "o", "a", "eta"],
            language=LANGUAGE,
        ),
    ]


def _counts(work: Path, source: Path) -> dict[str, int]:
    """Documents read, passed on by the filters, written at the end."""
    import pyarrow.parquet as pq

    passed = sum(path.read_bytes().count(b"\n") for path in work.glob("passed/*.jsonl"))
    written = sum(pq.read_metadata(path).num_rows for path in work.glob("out/*.parquet"))
    stats = json.loads((work / "logs0" / "stats.json").read_text())
    read = int(stats[0]["stats"]["documents"]["total"])
    assert read >= passed >= written > 0, f"{source}: {read}, {passed}, {written}"
    return {"read": read, "passed": passed, "written": written}


if __name__ == "__main__":
    main()
