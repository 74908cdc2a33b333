"""What a GGUF file says of itself, and the tensors in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGUFReader, TokenType

from tertulia.errors import ModelError
from tertulia.model.gguf_layout import gguf_name, halve_rotary
from tertulia.model.transformer import Transformer
from tertulia.release.gguf_export import GgufDescription, GgufPrecision, export_gguf
from tertulia.release.names import ModelName, ReleaseKind
from tests.release.tiny_model import write_trained_folder


def _description(kind: ReleaseKind = "instruct") -> GgufDescription:
    name = ModelName(family="tertulia", size="1m", kind=kind, version="0.1")
    return GgufDescription(name=name, licence="Apache-2.0", languages=("es", "ca-valencia"))


def _values(reader: GGUFReader) -> dict[str, Any]:
    return {name: field.contents() for name, field in reader.fields.items()}


@pytest.fixture(scope="module", params=[True, False], ids=["tied", "untied"])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Transformer, Path, Path]:
    """The model, its folder, its float32 GGUF."""
    folder = tmp_path_factory.mktemp("gguf") / "model"
    model = write_trained_folder(folder, tied=request.param)
    file = folder.parent / "model.gguf"
    export_gguf(folder, file, _description(), precision="f32")
    return model, folder, file


def test_the_shape_is_stated(exported: tuple[Transformer, Path, Path]) -> None:
    model, _, file = exported
    values = _values(GGUFReader(file))
    expected = {
        "general.architecture": "llama",
        "general.name": "tertulia-1m-instruct-v0.1",
        "general.license": "Apache-2.0",
        "general.languages": ["es", "ca-valencia"],
        "general.file_type": 0,
        "llama.vocab_size": model.config.vocabulary,
        "llama.context_length": 96,
        "llama.embedding_length": 128,
        "llama.block_count": 2,
        "llama.feed_forward_length": 256,
        "llama.attention.head_count": 2,
        "llama.attention.head_count_kv": 1,
        "llama.rope.dimension_count": 64,
        "llama.rope.freq_base": 10_000.0,
    }
    assert {key: values[key] for key in expected} == expected
    assert values["llama.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)


def test_the_tokenizer_is_stated(exported: tuple[Transformer, Path, Path]) -> None:
    _, folder, file = exported
    values = _values(GGUFReader(file))
    stored = json.loads((folder / "tokenizer.json").read_text())
    assert (values["tokenizer.ggml.model"], values["tokenizer.ggml.pre"]) == ("gpt2", "qwen2")
    ids = {token: i for i, token in enumerate(values["tokenizer.ggml.tokens"])}
    assert len(ids) == values["llama.vocab_size"]
    assert stored["model"]["vocab"].items() <= ids.items()
    assert values["tokenizer.ggml.merges"] == [" ".join(m) for m in stored["model"]["merges"]]
    kinds = values["tokenizer.ggml.token_type"]
    assert set(kinds[:64]) == {TokenType.CONTROL}
    assert kinds[64] == TokenType.NORMAL
    assert values["tokenizer.ggml.bos_token_id"] == 1
    assert values["tokenizer.ggml.padding_token_id"] == 0
    assert values["tokenizer.ggml.eot_token_id"] == 4
    assert values["tokenizer.ggml.add_bos_token"] is True


def test_the_chat_template_is_one_that_any_jinja_reads(
    exported: tuple[Transformer, Path, Path],
) -> None:
    from jinja2 import Environment

    template = _values(GGUFReader(exported[2]))["tokenizer.chat_template"]
    text = (
        Environment()
        .from_string(template)
        .render(
            bos_token="<|bos|>",
            messages=[
                {"role": "user", "content": "Ola"},
                {"role": "assistant", "content": "Bo día"},
            ],
            add_generation_prompt=True,
        )
    )
    assert text == (
        "<|bos|><|im_start|>user\nOla<|im_end|>\n"
        "<|im_start|>assistant\nBo día<|im_end|>\n<|im_start|>assistant\n"
    )


@pytest.mark.parametrize(("kind", "end"), [("base", 2), ("instruct", 4)])
def test_an_answer_ends_where_the_models_kind_ends_it(
    exported: tuple[Transformer, Path, Path], tmp_path: Path, kind: ReleaseKind, end: int
) -> None:
    export_gguf(exported[1], tmp_path / "x.gguf", _description(kind))
    assert _values(GGUFReader(tmp_path / "x.gguf"))["tokenizer.ggml.eos_token_id"] == end


def test_tensors_are_the_models_once_the_rotary_order_is_undone(
    exported: tuple[Transformer, Path, Path],
) -> None:
    model, _, file = exported
    heads = {"attn_q": model.config.heads, "attn_k": model.config.kv_heads}
    stored = {tensor.name: tensor.data for tensor in GGUFReader(file).tensors}
    wanted = dict(model.state_dict())
    if model.config.tied:
        del wanted["lm_head.weight"]
    assert set(stored) == {gguf_name(name) for name in wanted}
    for name, values in wanted.items():
        data = stored[gguf_name(name)]
        kind = gguf_name(name).split(".")[-2]
        restored = halve_rotary(data, heads[kind]) if kind in heads else data
        np.testing.assert_array_equal(restored, values.numpy(), err_msg=name)


def test_half_precision_halves_matrices_and_leaves_norms(
    exported: tuple[Transformer, Path, Path], tmp_path: Path
) -> None:
    export_gguf(exported[1], tmp_path / "half.gguf", _description(), precision="f16")
    for tensor in GGUFReader(tmp_path / "half.gguf").tensors:
        expected = np.float32 if tensor.name.endswith("norm.weight") else np.float16
        assert tensor.data.dtype == expected, tensor.name


@pytest.mark.parametrize("precision", ["f32", "f16"])
def test_the_same_folder_gives_the_same_bytes(
    exported: tuple[Transformer, Path, Path], tmp_path: Path, precision: GgufPrecision
) -> None:
    for name in ("a.gguf", "b.gguf"):
        export_gguf(exported[1], tmp_path / name, _description(), precision=precision)
    assert (tmp_path / "a.gguf").read_bytes() == (tmp_path / "b.gguf").read_bytes()


def test_rows_beyond_the_tokenizer_are_unused(tmp_path: Path) -> None:
    """An imported model may have more rows than its tokenizer has tokens."""
    from tertulia.release.gguf_tokenizer import read_gguf_tokenizer

    model = write_trained_folder(tmp_path / "model")
    more = read_gguf_tokenizer(tmp_path / "model", vocabulary=model.config.vocabulary + 2)
    assert more.kinds[-2:] == (TokenType.UNUSED, TokenType.UNUSED)
    assert len(set(more.tokens)) == len(more.tokens)


def _edit_tokenizer(folder: Path, key: str, value: object) -> None:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pre_tokenizer", {"type": "ByteLevel", "use_regex": True, "add_prefix_space": True}),
        ("pre_tokenizer", {"type": "Split", "pattern": {"Regex": r"\s+"}}),
        ("model", {"type": "Unigram"}),
    ],
)
def test_a_tokenizer_that_engines_would_misread_is_refused(
    tmp_path: Path, key: str, value: object
) -> None:
    write_trained_folder(tmp_path / "model")
    _edit_tokenizer(tmp_path / "model", key, value)
    with pytest.raises(ModelError) as caught:
        export_gguf(tmp_path / "model", tmp_path / "x.gguf", _description())
    assert caught.value.code == "release.tokenizer-unsupported"
