"""Each way of splitting that a GGUF file can name gives llama.cpp's ids, and its name again."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
from tokenizers import pre_tokenizers

from tertulia.errors import ModelError
from tertulia.recipe.shipped import shipped_folder
from tertulia.store.gguf_file import GgufFile
from tertulia.tokenizer.foreign import open_tokenizer_of
from tertulia.tokenizer.gguf_tokenizer import gguf_backend
from tertulia.tokenizer.pre_tokenisers import PATTERNS, gguf_pre_name, pre_tokeniser
from tests.equivalence.test_tokenizer_engines import AWKWARD, LOOK_ALIKES
from tests.fixtures.llama_cpp import LlamaCpp
from tests.fixtures.tiny_base import foreign_tokenizer

WIDTH = 32


def write_gguf(path: Path, pre: str, **changes: list[str]) -> None:
    """The smallest Llama, with the lists of a small tokenizer under the name `pre`."""
    stored = json.loads(foreign_tokenizer().backend.to_str())["model"]
    tokens = sorted(stored["vocab"], key=stored["vocab"].__getitem__)
    writer = gguf.GGUFWriter(path, "llama")
    for add, value in (
        (writer.add_context_length, 64), (writer.add_embedding_length, WIDTH),
        (writer.add_block_count, 1), (writer.add_feed_forward_length, WIDTH),
        (writer.add_head_count, 1), (writer.add_head_count_kv, 1),
        (writer.add_rope_dimension_count, WIDTH), (writer.add_vocab_size, len(tokens)),
        (writer.add_bos_token_id, 1), (writer.add_eos_token_id, 2),
    ):  # fmt: skip
        add(value)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(changes.get("tokens", tokens))
    writer.add_token_types([3] * 4 + [1] * (len(tokens) - 4))
    writer.add_token_merges(changes.get("merges", [" ".join(pair) for pair in stored["merges"]]))
    writer.add_tensor("token_embd.weight", np.ones((len(tokens), WIDTH), np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones((WIDTH, WIDTH), np.float32))
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize("name", [*PATTERNS, "llama3", "llama-v3"])
def test_ids_are_those_of_llama_cpp(name: str, tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    write_gguf(path, name)
    ours, theirs = open_tokenizer_of(path), LlamaCpp(path)
    texts = [*AWKWARD, *LOOK_ALIKES, "it's 2024: 12 345,67 1234567 x", "Què 'LL 'Ve!"]
    assert [text for text in texts if ours.encode(text) != theirs.encode(text)] == []
    assert [ours.decode(ours.encode(text)) for text in texts] == texts


@pytest.mark.parametrize("name", PATTERNS)
def test_a_name_comes_back_from_the_settings(name: str) -> None:
    backend = foreign_tokenizer().backend
    found = pre_tokeniser(name)
    assert found is not None
    backend.pre_tokenizer = found
    assert gguf_pre_name(json.loads(backend.to_str())["pre_tokenizer"]) == name


def test_publishers_own_settings_are_known() -> None:
    backend = foreign_tokenizer().backend
    assert gguf_pre_name(json.loads(backend.to_str())["pre_tokenizer"]) == "smollm"
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    assert gguf_pre_name(json.loads(backend.to_str())["pre_tokenizer"]) == "gpt-2"
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    assert gguf_pre_name(json.loads(backend.to_str())["pre_tokenizer"]) is None


def test_an_unknown_name_and_damaged_lists_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    for pre, changes, code in (
        ("viking", {}, "tokenizer.gguf-kind"),
        ("smollm", {"tokens": ["a", "a"]}, "tokenizer.damaged"),
        ("smollm", {"merges": ["a b c"]}, "tokenizer.damaged"),
        ("smollm", {"merges": ["zz yy"]}, "tokenizer.damaged"),
    ):
        write_gguf(path, pre, **changes)  # type: ignore[arg-type]
        with pytest.raises(ModelError) as caught:
            gguf_backend(GgufFile(path))
        assert caught.value.code == code


def test_the_shipped_names_of_bases_have_their_terms() -> None:
    content = (shipped_folder() / "bases.toml").read_text(encoding="utf-8")
    assert 'licence = "Apache-2.0"' in content
