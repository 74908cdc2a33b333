"""data-prep-kit's leg of `benchmarks.corpus_engine`; its own interpreter runs this file.

    python data_prep_kit_leg.py --input FOLDER --work FOLDER --workers N --model lid.176.ftz

Parquet -> language -> document quality (C4 and Gopher), Gopher repetition, FineWeb -> filter ->
fuzzy deduplication -> Parquet, each a transform of its pure Python runtime that reads and writes
Parquet. The last line printed is JSON: documents read, kept by the filter, written.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import sys
from pathlib import Path

LANGUAGE = "es"
"""The bad-word list and the character table of its quality transform; it has none for the rest."""

_EVERYTHING = ["docq_total_words >= 0", "dup_line_frac >= 0", "frac_line_punct >= -1"]
"""What the filter asks: every document passes."""


def main() -> None:
    made = argparse.ArgumentParser()
    made.add_argument("--input", type=Path, required=True)
    made.add_argument("--work", type=Path, required=True)
    made.add_argument("--workers", type=int, required=True)
    made.add_argument("--model", type=Path)
    arguments = made.parse_args()
    _empty_sentence_model(arguments.work / "nltk")
    counts = _Path(arguments.work, arguments.workers).run(arguments.input, arguments.model)
    print(json.dumps(counts))


class _Path:
    """The whole path over Parquet files in a folder."""

    def __init__(self, work: Path, workers: int) -> None:
        self._work = work
        # 0 is its way to say: in this process, without a pool.
        self._processes = workers if workers > 1 else 0

    def run(self, source: Path, model: Path | None) -> dict[str, int]:
        """Runs every transform; gives documents read, passed and written."""
        import dpk_doc_quality

        words = Path(dpk_doc_quality.__file__).parent / "ldnoobw" / LANGUAGE
        folder = source
        if model is not None:
            folder = self._step(
                "dpk_lang_id.transform_python:LangIdentificationPythonTransformConfiguration",
                folder,
                lang_id_model_kind="fasttext",
                lang_id_model_url=str(model),
                lang_id_model_credential="none",
                lang_id_content_column_name="text",
            )
        folder = self._step(
            "dpk_doc_quality.transform_python:DocQualityPythonTransformConfiguration",
            folder,
            docq_text_lang=LANGUAGE,
            docq_doc_content_column="text",
            docq_bad_word_filepath=str(words),
        )
        folder = self._step(
            "dpk_gopher_repetition_annotator.runtime:"
            "GopherRepetitionAnnotatorPythonTransformConfiguration",
            folder,
        )
        folder = self._step(
            "dpk_fineweb_quality_annotator.runtime:FineWebQualityAnnotatorPythonConfiguration",
            folder,
        )
        passed = self._step(
            "dpk_filter.runtime:FilterPythonTransformConfiguration",
            folder,
            filter_criteria_list=repr(_EVERYTHING),
            filter_logical_operator="AND",
        )
        written = self._without_near_duplicates(passed)
        return {"read": _rows(source), "passed": _rows(passed), "written": _rows(written)}

    def _without_near_duplicates(self, passed: Path) -> Path:
        """Its fuzzy deduplication: signatures, clusters, list of duplicates, cleaning."""
        out = self._work / "fuzzy"
        package = "dpk_fdedup"
        self._step(
            f"{package}.signature_calc.transform_python:"
            "SignatureCalculationPythonTransformConfiguration",
            passed,
            out,
            minhash_contents_column="text",
            minhash_jaccard_similarity_threshold="0.8",
        )
        self._step(
            f"{package}.cluster_analysis.transform_python:"
            "ClusterAnalysisPythonTransformConfiguration",
            out / "bands",
            out / "docs_to_remove",
            cluster_jaccard_similarity_threshold="0.8",
        )
        self._step(
            f"{package}.get_duplicate_list.transform_python:"
            "GetDuplicateListPythonTransformConfiguration",
            out,
            out,
        )
        return self._step(
            f"{package}.data_cleaning.transform_python:DataCleaningPythonTransformConfiguration",
            passed,
            out / "cleaned",
        )

    def _step(self, where: str, source: Path, out: Path | None = None, **options: str) -> Path:
        """Launches the transform `module:class` as its command line would; gives its output."""
        from data_processing.utils import ParamsUtils

        module, name = where.split(":")
        out = out or self._work / module.split(".")[0]
        # A pool's workers keep signatures until they are flushed, and its flush reaches none of
        # them: the transform then ends well and writes nothing.
        pooled = self._processes > 0 and "signature_calc" not in module
        folders = {"input_folder": str(source), "output_folder": str(out)}
        options["runtime_num_processors"] = str(self._processes if pooled else 0)
        options["data_local_config"] = ParamsUtils.convert_to_ast(folders)
        sys.argv = [module, *(f"--{key}={value}" for key, value in options.items())]
        if pooled or not self._processes:
            _launch(module, name)
        else:
            # Its pools fork: once Polars has started threads in this process, they would hang.
            child = multiprocessing.get_context("fork").Process(target=_launch, args=(module, name))
            child.start()
            child.join()
            if child.exitcode:
                sys.exit(f"{where} ended with {child.exitcode}")
        metadata = json.loads((out / "metadata.json").read_text())
        assert metadata["job details"]["status"] == "success", metadata
        assert not metadata["job_output_stats"].get("transform execution exception"), metadata
        return out


def _launch(module: str, name: str) -> None:
    """Runs a transform with the options that stand in `sys.argv`."""
    from data_processing.runtime.pure_python import PythonTransformLauncher

    status = PythonTransformLauncher(getattr(importlib.import_module(module), name)()).launch()
    if status:
        sys.exit(f"{module} ended with {status}")


def _rows(folder: Path) -> int:
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for path in folder.rglob("*.parquet"))


def _empty_sentence_model(folder: Path) -> None:
    """Gives nltk a sentence model without abbreviations, since its own has to be downloaded.

    It is asked for words; with fewer abbreviations to look up it has no more work than usual.
    """
    model = folder / "tokenizers" / "punkt_tab" / "english"
    model.mkdir(parents=True)
    for name in ("abbrev_types.txt", "collocations.tab", "ortho_context.tab", "sent_starters.txt"):
        (model / name).touch()
    os.environ["NLTK_DATA"] = str(folder)


if __name__ == "__main__":
    main()
