"""A saved model opens to the same bits; a damaged folder says which file is at fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tertulia.errors import ModelError
from tertulia.model.config import config_from_spec
from tertulia.model.disk import load_model, save_model
from tertulia.model.transformer import Transformer
from tertulia.recipe.schema import ModelSpec


@pytest.fixture(params=[True, False], ids=["tied", "untied"])
def saved(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Transformer, Path]:
    torch.manual_seed(3)
    model = Transformer(config_from_spec(ModelSpec(size="1m", tied=request.param), 256))
    save_model(model, tmp_path, {"name": "test"})
    return model, tmp_path


def test_what_is_saved_is_what_opens(saved: tuple[Transformer, Path]) -> None:
    model, folder = saved
    opened = load_model(folder)
    assert opened.config == model.config
    for name, value in model.state_dict().items():
        assert torch.equal(opened.state_dict()[name], value), name
    assert json.loads((folder / "tertulia.json").read_text())["name"] == "test"


def test_saving_twice_gives_the_same_bytes(
    saved: tuple[Transformer, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    model, folder = saved
    again = tmp_path_factory.mktemp("again")
    save_model(model, again, {"name": "test"})
    for path in folder.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_weights_of_another_shape_are_refused(saved: tuple[Transformer, Path]) -> None:
    _, folder = saved
    values = json.loads((folder / "config.json").read_text())
    values["num_hidden_layers"] = 3
    (folder / "config.json").write_text(json.dumps(values))
    with pytest.raises(ModelError, match=r"do not fit config\.json") as caught:
        load_model(folder)
    assert "layers.2" in str(caught.value)


def test_truncated_weights_are_named(saved: tuple[Transformer, Path]) -> None:
    _, folder = saved
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    assert caught.value.where == str(weights)


def test_a_folder_without_a_config_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        load_model(tmp_path)
