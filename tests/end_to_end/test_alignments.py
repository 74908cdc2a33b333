"""One recipe aligned in every way: what each way leaves behind, and what is released of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.model.disk import load_model
from tertulia.pipeline import RunReport, run_recipe
from tertulia.train.loop import Loop

MACHINE = Machine(name="test")

_RECIPE = """
schema = 1
name = "aligned"
languages = ["eu", "gl"]
[corpus]
sources = ["texts"]
held_out_fraction = 0.1
[tokenizer]
vocabulary = 384
[model]
size = "1m"
context = 64
[pretrain]
tokens = 8192
batch_tokens = 512
[evaluate]
baselines = ["uniform"]
bootstrap_samples = 100
samples_per_language = 0
[release]
gguf = false
[align]
"""

_SOURCES = """
schema = 1
[sources]
texts = { path = "texts.jsonl", licence = "CC0-1.0" }
talk = { path = "talk.jsonl", licence = "CC0-1.0" }
better = { path = "better.jsonl", licence = "CC-BY-4.0" }
"""

_SENTENCES = {
    "eu": ("Kaixo, hau {n}. esaldia da.", "Gaur {n} liburu irakurri ditut etxean."),
    "gl": ("Ola, esta é a frase {n}.", "Hoxe lin {n} libros na casa da avoa."),
}

SFT = 'method = "sft"\ninstructions = ["talk"]\nbatch_tokens = 512\n'
NONE = 'method = "none"\n'
LORA = "[align.lora]\nrank = 4\n"
DPO = '[align.preference]\nsources = ["better"]\nbatch_tokens = 128\nepochs = 2\n'
ORPO = DPO + 'method = "orpo"\n'

Build = Callable[..., RunReport]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Runs the recipe with an `[align]` of one's own; what is upstream of it is made once."""
    folder = tmp_path_factory.mktemp("aligned")
    texts = [
        {"text": sentence.format(n=n), "language": language}
        for n in range(60)
        for language, sentences in _SENTENCES.items()
        for sentence in sentences
    ]
    talk = [
        [{"role": "user", "content": f"Kaixo {n}"}, {"role": "assistant", "content": "Ola!"}]
        for n in range(40)
    ]
    better = [{"prompt": f"{n}?", "chosen": "Bai", "rejected": "Ez."} for n in range(24)]
    write(folder / "texts.jsonl", texts)
    write(folder / "talk.jsonl", [{"messages": messages} for messages in talk])
    write(folder / "better.jsonl", better)
    (folder / "sources.toml").write_text(_SOURCES)

    def run(align: str, until: str = "align") -> RunReport:
        (folder / "aligned.toml").write_text(_RECIPE + align)
        return run_recipe(folder / "aligned.toml", runs_dir=folder, until=until, machine=MACHINE)

    return run


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(load_model(folder).state_dict())


def same_weights(first: Path, second: Path) -> bool:
    found, expected = weights(first), weights(second)
    return all(torch.equal(found[name], value) for name, value in expected.items())


def test_without_a_method_the_base_model_is_the_result(build: Build) -> None:
    report = build(NONE, until="release")
    paths = {stage: artifact.path for stage, artifact in report.artifacts.items()}
    assert same_weights(paths["align"], paths["pretrain"])
    assert "preference_steps" not in report.artifacts["align"].manifest.counts
    results = json.loads((paths["evaluate"] / "results.json").read_text())
    assert list(results["splits"]["held_out"]["eu"]["models"]) == ["base"]
    assert list(results["training"]["loss"]) == ["pretrain"]
    released = [path.name for path in paths["release"].iterdir() if path.is_dir()]
    assert released == ["tertulia-1m-base-v0.1"]
    assert report.artifacts["release"].manifest.counts["models"] == 1


@pytest.mark.parametrize("preference", [DPO, ORPO], ids=["dpo", "orpo"])
@pytest.mark.parametrize("method", [SFT, NONE], ids=["sft", "none"])
def test_preferences_come_after_instructions_or_alone(
    build: Build, method: str, preference: str
) -> None:
    align = build(method + preference).artifacts["align"]
    counts = align.manifest.counts
    assert counts["preference_pairs"] == 24 and counts["preference_steps"] > 0
    assert ("conversations" in counts) == (method == SFT)
    told = json.loads((align.path / "conversations.json").read_text())["sources"]
    assert {"source": "better", "licence": "CC-BY-4.0", "conversations": 24} in told
    log = (align.path / "preference_log.jsonl").read_text().splitlines()
    assert len(log) == counts["preference_steps"]
    assert not same_weights(align.path, build(method).artifacts["align"].path)


@pytest.mark.parametrize("lora", ["", LORA], ids=["full", "lora"])
def test_an_interrupted_second_phase_goes_on_without_the_first(
    build: Build, monkeypatch: pytest.MonkeyPatch, lora: str
) -> None:
    align = SFT + DPO + "beta = 0.2\n" + lora
    whole = build(align).artifacts["align"]
    expected = weights(whole.path)
    shutil.rmtree(whole.path)
    take, taken = Loop._take_step, []

    def killed(loop: Loop) -> None:
        if loop._phase == "preference" and loop.step == 3:
            raise KeyboardInterrupt
        take(loop)
        if loop._phase == "preference":
            loop._save()

    def watched(loop: Loop) -> None:
        taken.append((loop._phase, loop.step))
        take(loop)

    monkeypatch.setattr(Loop, "_take_step", killed)
    with pytest.raises(KeyboardInterrupt):
        build(align)
    monkeypatch.setattr(Loop, "_take_step", watched)
    resumed = build(align).artifacts["align"]
    assert taken[0] == ("preference", 3)
    assert resumed.manifest.digest == whole.manifest.digest
    for name, value in weights(resumed.path).items():
        assert torch.equal(value, expected[name]), name


def test_a_damaged_reference_begins_the_second_phase_anew(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    align = SFT + DPO + "beta = 0.3\n"
    whole = build(align).artifacts["align"]
    shutil.rmtree(whole.path)
    take = Loop._take_step

    def killed(loop: Loop) -> None:
        take(loop)
        if loop._phase == "preference":
            loop._save()
            raise KeyboardInterrupt

    monkeypatch.setattr(Loop, "_take_step", killed)
    with pytest.raises(KeyboardInterrupt):
        build(align)
    monkeypatch.undo()
    (reference,) = whole.path.parent.glob("**/preference/reference.json")
    reference.write_text(reference.read_text().replace("-", ""))
    assert build(align).artifacts["align"].manifest.digest == whole.manifest.digest


# transformers renamed what this version of peft still asks for.
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is dep:FutureWarning")
def test_an_adapter_is_released_beside_the_merged_model(build: Build) -> None:
    import peft
    from transformers import AutoModelForCausalLM

    release = build(SFT + LORA + DPO, until="release").artifacts["release"].path
    (base,) = release.glob("*-base-v0.1")
    (instruct,) = release.glob("*-instruct-v0.1")
    config = json.loads((instruct / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == base.name
    digests = json.loads((instruct / "tertulia.json").read_text())["digests"]
    assert "adapter/adapter_model.safetensors" in digests
    assert not (base / "adapter").exists()
    ids = torch.arange(64, 100)[None]
    theirs = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    adapted = peft.PeftModel.from_pretrained(theirs, instruct / "adapter")
    with torch.no_grad():
        expected = load_model(instruct)(ids)
        assert (load_model(base)(ids) - expected).abs().max() > 1e-2
        torch.testing.assert_close(adapted(ids).logits, expected, rtol=0, atol=1e-4)
