"""A recipe with a base: its tokenizer stays, English is replayed, forgetting is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.evaluate.report import render_report
from tertulia.model.disk import load_model
from tertulia.pipeline import RunReport, run_recipe
from tertulia.store.find import latest_artifacts
from tertulia.tokenizer.foreign import ForeignTokenizer, open_tokenizer_of
from tertulia.tokenizer.tokenizer import Tokenizer, load_tokenizer
from tests.fixtures.llama_cpp import LlamaCpp
from tests.fixtures.tiny_base import write_base

MACHINE = Machine(name="test")
RECIPE = """
schema = 1
name = "continued"
languages = ["eu", "gl", "en"]
[corpus]
sources = ["starter", "english"]
max_drop_fraction = 1.0
[corpus.language]
identify = "never"
[corpus.duplicates]
near = 0
[model]
base = "base"
context = 32
{tokenizer}
[pretrain]
tokens = "32k"
batch_tokens = 512
optimizer = "adamw"
learning_rate = 3e-3
[pretrain.replay]
fraction = {fraction}
[align]
method = "none"
[evaluate]
baselines = ["kneser-ney"]
bootstrap_samples = 100
samples_per_language = 0
max_bytes_per_language = "3k"
"""


def build(folder: Path, *, fraction: float = 0.25, tokenizer: str = "", tied: bool = True,
          until: str | None = None) -> RunReport:  # fmt: skip
    write_base(folder / "base", tied=tied)
    recipe = folder / "continued.toml"
    recipe.write_text(RECIPE.format(fraction=fraction, tokenizer=tokenizer))
    return run_recipe(recipe, runs_dir=folder / "runs", machine=MACHINE, until=until)


def results_of(report: RunReport) -> dict[str, Any]:
    path = report.artifacts["evaluate"].path / "results.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    return build(tmp_path_factory.mktemp("continued"))


def test_the_base_keeps_its_tokenizer(report: RunReport) -> None:
    base = open_tokenizer_of(report.folder.parents[1] / "base")
    kept = load_tokenizer(report.artifacts["tokenizer"].path)
    assert isinstance(kept, ForeignTokenizer)
    assert kept.special == base.special
    text = "Etxea 1987 <|im_end|> zaharra"
    assert kept.encode(text) == base.encode(text)
    config = json.loads((report.artifacts["pretrain"].path / "config.json").read_text())
    assert (config["bos_token_id"], config["eos_token_id"]) == (0, 0)
    assert config["max_position_embeddings"] == 64


def test_forgetting_is_told_for_every_language_and_split(report: RunReport) -> None:
    results = results_of(report)
    told = results["forgetting"]
    assert told["base"] == "base"
    for split in ("held_out", "unseen"):
        assert set(told["splits"][split]) == {"eu", "gl", "en"}
    row = told["splits"]["held_out"]["eu"]
    after = row["after"]["base"]
    measured = results["splits"]["held_out"]["eu"]["models"]["base"]["bits_per_byte"]
    assert after["bits_per_byte"] == pytest.approx(measured)
    assert after["change_percent"] == pytest.approx(100 * (measured / row["before"] - 1))
    assert after["ci_low"] <= after["change_percent"] <= after["ci_high"] < 0
    assert "What was learnt and what was forgotten" in render_report(results)


def test_the_released_model_opens_again_with_the_same_logits(report: RunReport) -> None:
    trained = report.artifacts["pretrain"].path
    [folder] = report.artifacts["release"].path.glob("tertulia-1m-base-v0.1")
    file = folder.with_name(f"{folder.name}.gguf")
    tokenizer = load_tokenizer(trained)
    ids = tokenizer.encode("Etxe zaharra ibaiaren ondoan dago.")
    with torch.no_grad():
        expected = load_model(trained).eval()(torch.tensor([ids]))
        assert torch.equal(load_model(folder).eval()(torch.tensor([ids])), expected)
        close = load_model(file).eval()(torch.tensor([ids]))
    assert (close - expected).abs().max() < 0.02
    engine = LlamaCpp(file)
    assert engine.encode("Etxe zaharra <|im_end|>") == tokenizer.encode("Etxe zaharra <|im_end|>")
    theirs = torch.from_numpy(engine.last_logits(ids, expected.shape[-1]))
    assert (theirs - expected[0, -1]).abs().max() < 0.05
    assert open_tokenizer_of(file).special == tokenizer.special
    assert "continued from base" in (folder / "NOTICE").read_text()


def test_replay_is_the_share_that_the_recipe_asks_for(report: RunReport) -> None:
    order = json.loads((report.artifacts["pretrain"].path / "order.json").read_text())
    assert order["mixture"]["en"] == pytest.approx(0.25)
    assert sum(order["mixture"].values()) == pytest.approx(1.0)


def test_without_replay_the_kept_language_is_measured_and_not_read(tmp_path: Path) -> None:
    import polars as pl

    report = build(tmp_path, fraction=0.0, until="evaluate")
    seen = pl.read_parquet(report.artifacts["pretrain"].path / "seen.parquet")
    assert set(seen["language"]) == {"eu", "gl"}
    assert results_of(report)["forgetting"]["splits"]["unseen"]["en"]["before"] > 0


@pytest.mark.parametrize("tied", [True, False])
def test_a_new_vocabulary_takes_its_rows_from_the_base(tmp_path: Path, tied: bool) -> None:
    wanted = '[tokenizer]\nvocabulary = 512\nsample_bytes = "50k"'
    report = build(tmp_path, tokenizer=wanted, tied=tied, until="evaluate")
    assert type(load_tokenizer(report.artifacts["tokenizer"].path)) is Tokenizer
    model = load_model(report.artifacts["pretrain"].path)
    assert (model.config.vocabulary, model.config.tied) == (512, tied)
    row = results_of(report)["forgetting"]["splits"]["held_out"]["eu"]
    assert row["before"] > row["after"]["base"]["bits_per_byte"]
    assert latest_artifacts(report.folder)["evaluate"].exists()
