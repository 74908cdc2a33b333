"""A released directory states what it is, and proves that it is whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tertulia.errors import ModelError
from tertulia.release.hugging_face import export_hugging_face, seal
from tertulia.release.names import ModelName
from tests.release.tiny_model import write_trained_folder

NAME = ModelName(family="tertulia", size="1m", kind="instruct", version="0.1")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "align"
    write_trained_folder(folder)
    return folder


@pytest.fixture
def released(trained: Path, tmp_path: Path) -> Path:
    out = tmp_path / str(NAME)
    export_hugging_face(trained, out)
    seal(out, NAME, languages=["es", "eu"], licence="Apache-2.0")
    return out


def test_the_directory_holds_what_others_expect_and_no_trace_of_training(released: Path) -> None:
    assert sorted(path.name for path in released.iterdir()) == [
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "special_tokens_map.json",
        "tertulia.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]


def test_weights_are_copied_byte_for_byte(trained: Path, released: Path) -> None:
    assert (released / "model.safetensors").read_bytes() == (
        trained / "model.safetensors"
    ).read_bytes()


def test_the_configuration_names_the_architecture_and_the_reserved_ids(released: Path) -> None:
    config = json.loads((released / "config.json").read_text())
    expected = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float32",
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
    }
    assert {key: config[key] for key in expected} == expected
    generation = json.loads((released / "generation_config.json").read_text())
    assert generation["eos_token_id"] == [2, 4]


def test_every_other_file_has_its_digest(released: Path) -> None:
    facts = json.loads((released / "tertulia.json").read_text())
    assert facts["name"] == "tertulia-1m-instruct-v0.1"
    assert (facts["languages"], facts["licence"]) == (["es", "eu"], "Apache-2.0")
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in released.iterdir()
        if path.name != "tertulia.json"
    }
    assert facts["digests"] == found


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_folder_that_lacks_a_part_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    write_trained_folder(tmp_path / "align")
    (tmp_path / "align" / missing).unlink()
    with pytest.raises(ModelError) as caught:
        export_hugging_face(tmp_path / "align", tmp_path / "out")
    assert caught.value.code == "release.folder-incomplete"
