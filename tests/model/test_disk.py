"""A saved model opens to the same bits; a damaged folder says which file is at fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

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


def test_shards_in_bfloat16_open_as_one_model(saved: tuple[Transformer, Path]) -> None:
    """As publishers store large models; a rotary table among the weights is left out."""
    model, folder = saved
    tensors = load_file(folder / "model.safetensors")
    names = sorted(tensors)
    files = {name: f"model-0000{1 + n % 2}-of-00002.safetensors" for n, name in enumerate(names)}
    stored = {name: value.bfloat16() for name, value in tensors.items()}
    stored["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.ones(4)
    files["model.layers.0.self_attn.rotary_emb.inv_freq"] = "model-00001-of-00002.safetensors"
    for file in sorted(set(files.values())):
        save_file({n: stored[n] for n in stored if files[n] == file}, folder / file)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": files}))
    opened = load_model(folder).state_dict()
    for name, value in model.state_dict().items():
        assert torch.equal(opened[name], value.bfloat16().float()), name


@pytest.mark.parametrize("name", ["pytorch_model.bin", "consolidated.00.pth"])
def test_pickled_weights_are_not_opened(saved: tuple[Transformer, Path], name: str) -> None:
    _, folder = saved
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    assert caught.value.code == "model.pickled-weights"


def test_an_index_that_is_none_is_refused(saved: tuple[Transformer, Path]) -> None:
    _, folder = saved
    (folder / "model.safetensors.index.json").write_text('{"weight_map": [1]}')
    with pytest.raises(ModelError, match="weight_map"):
        load_model(folder)
