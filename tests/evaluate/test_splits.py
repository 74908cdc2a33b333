"""What is read from the corpus, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from tertulia.errors import DataError
from tertulia.evaluate.splits import TrainingText, read_split, require_held_out


def write(corpus: Path, split: str, language: str, texts: Sequence[str]) -> None:
    (corpus / split).mkdir(parents=True, exist_ok=True)
    table = pl.DataFrame(
        {
            "id": [f"s/{number:024x}" for number in range(len(texts))],
            "text": list(texts),
            "source": [f"source-{number % 2}" for number in range(len(texts))],
        }
    )
    table.write_parquet(corpus / split / f"{language}.parquet")


def test_whole_documents_up_to_the_limit_and_the_rest_counted(tmp_path: Path) -> None:
    texts = [f"{number:02d}" + "ñ" * 49 for number in range(30)]
    write(tmp_path, "held_out", "gl", texts)
    documents = read_split(tmp_path, "held_out", "gl", max_bytes=1050, seed=0)
    assert documents is not None
    assert len(documents.texts) == 10 and documents.left_out == 20
    assert set(documents.texts) < set(texts)
    assert documents.sources == ["source-0", "source-1"]


def test_the_draw_is_the_seeds_and_not_the_files(tmp_path: Path) -> None:
    write(tmp_path, "held_out", "es", [f"text {number}" for number in range(50)])
    drawn = [read_split(tmp_path, "held_out", "es", max_bytes=80, seed=s) for s in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_first_document_above_the_limit_is_still_measured(tmp_path: Path) -> None:
    write(tmp_path, "held_out", "eu", ["luze " * 100])
    documents = read_split(tmp_path, "held_out", "eu", max_bytes=10, seed=0)
    assert documents is not None and len(documents.texts) == 1


def test_a_missing_or_empty_split_is_none(tmp_path: Path) -> None:
    write(tmp_path, "unseen", "ca", [])
    assert read_split(tmp_path, "unseen", "ca", max_bytes=10, seed=0) is None
    assert read_split(tmp_path, "unseen", "eu", max_bytes=10, seed=0) is None


def test_nothing_held_out_at_all_is_an_error() -> None:
    with pytest.raises(DataError) as caught:
        require_held_out({})
    assert caught.value.code == "evaluate.no-held-out"


def test_training_text_keeps_the_order_of_languages(tmp_path: Path) -> None:
    write(tmp_path, "train", "ca", ["un", "dos"])
    write(tmp_path, "train", "eu", ["bat", "bi"])
    text = TrainingText(tmp_path, ["eu", "ca", "gl"])
    assert list(text.documents(1000)) == ["bat", "bi", "un", "dos"]
    assert text.total_bytes() == 10


def test_training_text_beyond_the_limit_is_cut_in_every_language(tmp_path: Path) -> None:
    write(tmp_path, "train", "ca", ["aaaa"] * 10)
    write(tmp_path, "train", "eu", ["bbbb"] * 30)
    documents = list(TrainingText(tmp_path, ["ca", "eu"]).documents(80))
    assert documents == ["aaaa"] * 5 + ["bbbb"] * 15
