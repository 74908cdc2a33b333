"""The tokenizer stage: what it samples, what it writes, what it measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tertulia.compute.machine import Machine
from tertulia.recipe.stages import TokenizerStage
from tertulia.recipe.tokenizer_spec import TokenizerSpec
from tertulia.store.draft import Draft
from tertulia.tokenizer.measure import measure_texts
from tertulia.tokenizer.stage import run
from tertulia.tokenizer.tokenizer import FILES, Tokenizer, load_tokenizer

_LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl")


def _run(corpus: Path, folder: Path) -> Draft:
    spec = TokenizerStage(
        languages=_LANGUAGES, seed=1, tokenizer=TokenizerSpec(vocabulary=500, sample_bytes=2000)
    )
    draft = Draft(path=folder, scratch=folder)
    run(spec, {"corpus": corpus}, draft, Machine(name="test"))
    return draft


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")


def test_it_writes_a_tokenizer_and_its_measures(corpus: Path, tmp_path: Path) -> None:
    draft = _run(corpus, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*FILES, "measure.json"])
    measured = json.loads((tmp_path / "measure.json").read_text("utf-8"))
    assert measured["vocabulary"] == load_tokenizer(tmp_path).vocabulary == 512
    assert draft.counts == {"vocabulary": 512}
    assert set(measured["languages"]) == set(_LANGUAGES)
    assert measured["pre"] == "qwen2"


def test_the_same_corpus_gives_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        _run(corpus, tmp_path / name)
    for file in (*FILES, "measure.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_measures_are_tokens_per_word_and_bytes_per_token(tokenizer: Tokenizer) -> None:
    assert measure_texts(tokenizer, ["7 8", "9"]) == {
        # "7", " ", "8", "9": a digit never merges with the blank before it.
        "tokens_per_word": round(4 / 3, 4),
        "bytes_per_token": 1.0,
    }
