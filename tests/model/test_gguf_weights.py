"""A GGUF file gives back the weights and the shape, quantised or not; a bad one is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType as Kind

from tertulia.errors import ModelError
from tertulia.model.config import ModelConfig
from tertulia.model.disk import load_model, read_config, save_model
from tertulia.model.rotary_scaling import RotaryScaling
from tertulia.model.transformer import Transformer
from tertulia.release.gguf_export import GgufDescription, export_gguf
from tertulia.release.names import ModelName
from tertulia.store.gguf_file import GgufFile
from tests.fixtures.tiny_base import foreign_tokenizer

CONFIG = ModelConfig(
    vocabulary=512, width=256, depth=1, heads=4, kv_heads=2, head_width=64, hidden=256, context=32
)
NAME = ModelName(family="tiny", size="1m", kind="base", version="0.1")


def write_gguf(folder: Path, config: ModelConfig = CONFIG) -> tuple[Transformer, Path]:
    """A model with random weights, exported in float32."""
    torch.manual_seed(4)
    model = Transformer(config).eval()
    folder.mkdir(parents=True, exist_ok=True)
    save_model(model, folder)
    foreign_tokenizer().save(folder)
    description = GgufDescription(name=NAME, licence="Apache-2.0", languages=["eu"])
    export_gguf(folder, folder / "model.gguf", description, precision="f32")
    return model, folder / "model.gguf"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"tied": False},
        {"rope_scaling": RotaryScaling(kind="linear", factor=2.0)},
        {"rope_scaling": RotaryScaling(kind="llama3", factor=32.0), "rope_theta": 500_000.0},
    ],
    ids=["tied", "untied", "linear", "llama3"],
)
def test_what_is_exported_is_what_opens(tmp_path: Path, change: dict[str, object]) -> None:
    model, path = write_gguf(tmp_path, replace(CONFIG, **change))  # type: ignore[arg-type]
    opened = load_model(path)
    assert opened.config == model.config == read_config(path)
    for name, value in model.state_dict().items():
        assert torch.equal(opened.state_dict()[name], value), name


@pytest.mark.parametrize(
    ("kind", "off"),
    [(Kind.F16, 0.001), (Kind.BF16, 0.01), (Kind.Q8_0, 0.02), (Kind.Q5_0, 0.1), (Kind.Q5_1, 0.1),
     (Kind.Q4_0, 0.2), (Kind.Q4_1, 0.2)],
)  # fmt: skip
def test_quantised_tensors_are_near_what_they_stand_for(
    tmp_path: Path, kind: Kind, off: float
) -> None:
    values = np.random.default_rng(0).normal(size=(64, 256)).astype(np.float32)
    writer = gguf.GGUFWriter(tmp_path / "one.gguf", "llama")
    writer.add_tensor("x", gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    found = GgufFile(tmp_path / "one.gguf").read("x")
    assert found.shape == values.shape and found.dtype == np.float32
    assert np.abs(found - values).max() / np.abs(values).max() < off


@pytest.mark.parametrize("kind", [Kind.Q2_K, Kind.Q3_K, Kind.Q4_K, Kind.Q5_K, Kind.Q6_K])
def test_k_quants_are_taken_apart_as_ggufs_own_reader_does(tmp_path: Path, kind: Kind) -> None:
    block, size = gguf.GGML_QUANT_SIZES[kind]
    random = np.random.default_rng(1)
    raw = random.integers(0, 60, size=(4, size), dtype=np.uint8)
    writer = gguf.GGUFWriter(tmp_path / "k.gguf", "llama")
    writer.add_tensor("x", raw, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    found = GgufFile(tmp_path / "k.gguf").read("x")
    assert found.shape == (4, block)
    np.testing.assert_array_equal(found, gguf.quants.dequantize(raw, kind))


@pytest.mark.parametrize("kept", [3, 20, 500, 0.5, 0.999])
def test_a_truncated_file_is_refused_in_one_message(tmp_path: Path, kept: float) -> None:
    _, path = write_gguf(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    with pytest.raises(ModelError) as caught:
        load_model(path)
    assert caught.value.code == "model.gguf-damaged"
    assert caught.value.where == str(path)


def test_lengths_that_cannot_be_are_not_believed(tmp_path: Path) -> None:
    """A list of 2**60 entries, or of strings, is refused at once and takes no memory."""
    for kind, length in ((4, 2**60), (8, 2**60), (9, 3), (99, 1)):
        key = b"general.architecture"
        head = b"GGUF" + np.array([3], "<u4").tobytes() + np.array([0, 1], "<u8").tobytes()
        value = np.array([9, kind], "<u4").tobytes() + np.array([length], "<u8").tobytes()
        path = tmp_path / f"hostile-{kind}.gguf"
        path.write_bytes(head + np.array([len(key)], "<u8").tobytes() + key + value)
        with pytest.raises(ModelError) as caught:
            GgufFile(path)
        assert caught.value.code == "model.gguf-damaged"


@pytest.mark.parametrize("place", range(8, 400, 7))
def test_any_changed_byte_gives_a_file_that_opens_or_one_error(tmp_path: Path, place: int) -> None:
    _, path = write_gguf(tmp_path)
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(bytes(content))
    try:
        config = read_config(path)
    except ModelError as error:
        assert error.where is None or str(path) in error.where
    else:
        assert isinstance(config, ModelConfig)


def test_another_family_is_refused(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "x.gguf", "gpt2")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    with pytest.raises(ModelError) as caught:
        read_config(tmp_path / "x.gguf")
    assert caught.value.code == "model.not-llama"
