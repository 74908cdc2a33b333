"""The release stage, from the artifacts of the stages before it to a payload."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tertulia.compute.machine import Machine
from tertulia.errors import StoreError
from tertulia.recipe.schema import ReleaseSpec
from tertulia.recipe.stages import ReleaseStage
from tertulia.release.stage import run
from tertulia.store import Draft, payload_digest
from tests.release.tiny_model import build_tokenizer, write_trained_folder

MACHINE = Machine(name="test")


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What the stages before release leave, without manifests."""
    root = tmp_path_factory.mktemp("run")
    folders = {
        name: root / name for name in ("corpus", "tokenizer", "pretrain", "align", "evaluate")
    }
    write_trained_folder(folders["pretrain"])
    write_trained_folder(folders["align"])
    origins = [{"source": "mine", "licence": "CC0-1.0", "conversations": 3}]
    (folders["align"] / "conversations.json").write_text(
        json.dumps({"schema": 1, "sources": origins})
    )
    build_tokenizer().save(folders["tokenizer"])
    (folders["corpus"] / "train").mkdir(parents=True)
    pl.DataFrame(
        {
            "text": ["Kaixo", "Ola"],
            "language": ["eu", "gl"],
            "source": ["diary", "novel"],
            "licence": ["CC-BY-SA-4.0", "CC0-1.0"],
            "url": [None, "https://novel.example/1"],
        }
    ).write_parquet(folders["corpus"] / "train" / "eu.parquet")
    folders["evaluate"].mkdir()
    figure = {"bits_per_byte": 2.5, "ci_low": 2.4, "ci_high": 2.6}
    row = {"documents": 3, "models": {"base": figure, "instruct": figure}, "baselines": {}}
    results = {
        "schema": 1,
        "splits": {"held_out": {"eu": row}},
        "training": {"tokens_seen": 4242},
    }
    (folders["evaluate"] / "results.json").write_text(json.dumps(results))
    return folders


def _run(upstream: dict[str, Path], root: Path, *, gguf: bool = True) -> Draft:
    out = Draft(path=root / "payload", scratch=root / "scratch")
    out.path.mkdir(parents=True)
    spec = ReleaseStage(
        languages=("eu", "gl"), seed=0, name="tiny", size="1m", release=ReleaseSpec(gguf=gguf)
    )
    run(spec, upstream, out, MACHINE)
    return out


def test_both_models_are_released_in_both_formats(
    upstream: dict[str, Path], tmp_path: Path
) -> None:
    out = _run(upstream, tmp_path)
    assert sorted(path.name for path in out.path.iterdir()) == [
        "tertulia-1m-base-v0.1",
        "tertulia-1m-base-v0.1.gguf",
        "tertulia-1m-instruct-v0.1",
        "tertulia-1m-instruct-v0.1.gguf",
    ]
    assert out.counts["models"] == 2
    assert out.counts["sources"] == 2


def test_gguf_can_be_left_out(upstream: dict[str, Path], tmp_path: Path) -> None:
    assert not list(_run(upstream, tmp_path, gguf=False).path.glob("*.gguf"))


def test_the_card_carries_the_measured_figures_and_the_notice_the_sources(
    upstream: dict[str, Path], tmp_path: Path
) -> None:
    folder = _run(upstream, tmp_path).path / "tertulia-1m-base-v0.1"
    card = (folder / "README.md").read_text("utf-8")
    assert "| eu | 2.500 [2.400, 2.600] | 2.500 [2.400, 2.600] | 3 |" in card
    assert "4\u00a0242 tokens" in card
    notice = (folder / "NOTICE").read_text("utf-8")
    assert "CC-BY-SA-4.0" in notice
    assert "https://novel.example" in notice


def test_a_release_is_the_same_bytes_every_time_whatever_the_readers_language(
    upstream: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = payload_digest(_run(upstream, tmp_path / "a").path)
    monkeypatch.setenv("TERTULIA_LANG", "eu")
    assert payload_digest(_run(upstream, tmp_path / "b").path) == first


def test_a_cost_that_nobody_measured_is_null_and_outside_the_digest(
    upstream: dict[str, Path], tmp_path: Path
) -> None:
    out = _run(upstream, tmp_path)
    before = payload_digest(out.path)
    path = out.path / "tertulia-1m-instruct-v0.1" / "logs" / "footprint.json"
    assert json.loads(path.read_text())["energy_kwh"] is None
    path.write_text("{}")
    assert payload_digest(out.path) == before


def test_a_missing_stage_is_named(upstream: dict[str, Path], tmp_path: Path) -> None:
    rest = {name: folder for name, folder in upstream.items() if name != "align"}
    with pytest.raises(StoreError) as caught:
        _run(rest, tmp_path)
    assert caught.value.code == "release.stage-missing"
    assert "align" in str(caught.value)
