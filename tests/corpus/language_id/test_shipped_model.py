"""The model in the wheel is small, is the one its card describes, and damage is noticed."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tertulia.corpus.language_id.model import CARD, WEIGHTS, read_model
from tertulia.corpus.language_id.variety import FILE
from tertulia.errors import ModelError
from tertulia.recipe.shipped import shipped_folder

FOLDER = shipped_folder("language_id")


def test_it_takes_three_megabytes_at_most() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 3_000_000


def test_the_card_names_the_files_by_digest_with_licence_and_sources() -> None:
    card = json.loads((FOLDER / CARD).read_text(encoding="utf-8"))
    for name, digest in ((WEIGHTS, "weights_sha256"), (FILE, "variety_sha256")):
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == card[digest]
    assert card["licence"] == "Apache-2.0"
    assert list(card["training_lines"]) == card["languages"]
    assert all(each["sources"] for each in card["training_lines"].values())


def test_no_source_that_is_tested_on_was_trained_on() -> None:
    card = json.loads((FOLDER / CARD).read_text(encoding="utf-8"))
    fixed = Path(__file__).parents[3] / "benchmarks" / "language_id" / "test_lines.json"
    tested = json.loads(fixed.read_text(encoding="utf-8"))["sentences"]
    for name in tested:
        collection, _, language = name.partition(" ")
        if collection.startswith("corpus/") and language != "ca":
            source = f"{language}/{collection.removeprefix('corpus/')}"
            assert source not in card["training_lines"][language]["sources"]
    assert "gl/sli-ctg_technical" not in card["training_lines"]["gl"]["sources"]


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(FOLDER, folder)
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError) as refused:
        read_model(folder)
    assert refused.value.code == "corpus.language-id-damaged"
