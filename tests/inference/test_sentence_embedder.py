"""A text's vector is its own: alone, in a batch, from disk; damaged files are named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tertulia.errors import ModelError
from tertulia.inference.open_embedder import open_embedder
from tertulia.inference.sentence_embedder import SentenceEmbedder
from tertulia.inference.sentence_model import load_sentence_model, rounded
from tests.inference.sentence_models import TEXTS, save_tiny, tiny_transformer


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEmbedder:
    return SentenceEmbedder.open(save_tiny(tmp_path_factory.mktemp("tiny") / "model"))


def test_vectors_have_length_one_and_do_not_hang_on_their_batch(
    embedder: SentenceEmbedder,
) -> None:
    texts = [*TEXTS, "", "?", "la " * 300]
    together = embedder.embed_passages(texts)
    assert together.shape == (len(texts), embedder.width) and together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    for index, text in enumerate(texts):
        alone = embedder.embed_queries([text])[0]
        assert float(alone @ together[index]) > 0.9999


def test_what_follows_a_word_counts_for_it() -> None:
    """The model sees both ways: a causal one has the same first state whatever comes after."""
    transformer = tiny_transformer()
    first = transformer.hidden(torch.tensor([[70, 80, 90]]))[0, 0]
    other = transformer.hidden(torch.tensor([[70, 80, 91]]))[0, 0]
    # New blocks add nothing yet, so what they attend to is asked of a block with a voice.
    assert torch.equal(first, other)
    with torch.no_grad():
        for layer in transformer.model.layers:
            layer.self_attn.o_proj.weight.normal_(std=0.1)
    first = transformer.hidden(torch.tensor([[70, 80, 90]]))[0, 0]
    other = transformer.hidden(torch.tensor([[70, 80, 91]]))[0, 0]
    assert not torch.equal(first, other)
    transformer.bidirectional = False
    first = transformer.hidden(torch.tensor([[70, 80, 90]]))[0, 0]
    other = transformer.hidden(torch.tensor([[70, 80, 91]]))[0, 0]
    assert torch.equal(first, other)


def test_case_and_composition_make_no_difference(embedder: SentenceEmbedder) -> None:
    plain, shouted, composed = embedder.embed_passages(
        ["resolució del consell", "RESOLUCIÓ DEL CONSELL", "resolucio\u0301 del consell"]
    )
    np.testing.assert_allclose(plain, shouted, atol=1e-6)
    np.testing.assert_allclose(plain, composed, atol=1e-6)


def test_a_text_cannot_make_reserved_tokens(embedder: SentenceEmbedder) -> None:
    assert embedder.count_tokens(["<|eos|>"]) > embedder.count_tokens(["a"]) + 1


def test_of_a_long_text_the_beginning_counts(embedder: SentenceEmbedder) -> None:
    long = "udalak gastua onartu du " * 200
    assert embedder.count_tokens([long]) == embedder.context
    vectors = embedder.embed_passages([long, long + "o concello aproba o gasto"])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_rounding_keeps_a_value_within_half_a_step() -> None:
    values = torch.randn(7, 33, generator=torch.Generator().manual_seed(0))
    whole, scale = rounded(values)
    assert whole.dtype == torch.int8
    assert bool(
        ((whole.float() * scale[:, None] - values).abs() <= scale[:, None] / 2 + 1e-7).all()
    )


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_changed_file_is_named(tmp_path: Path, file: str) -> None:
    folder = save_tiny(tmp_path / "model")
    content = bytearray((folder / file).read_bytes())
    content[-3] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(ModelError, match=file) as caught:
        load_sentence_model(folder)
    assert caught.value.code == "inference.sentence-model-damaged"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        load_sentence_model(folder)


@pytest.mark.parametrize("facts", ["[]", '{"name": "x", "sha256": []}', "{}", "no JSON"])
def test_facts_of_another_shape_are_told(tmp_path: Path, facts: str) -> None:
    folder = save_tiny(tmp_path / "model")
    (folder / "sentence_model.json").write_text(facts)
    with pytest.raises(ModelError) as caught:
        load_sentence_model(folder)
    assert caught.value.code == "inference.sentence-model-damaged"


def test_the_name_tells_the_weights(embedder: SentenceEmbedder, tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "model")
    assert open_embedder(str(folder)).name == embedder.name
    assert embedder.name.startswith("tiny-")
    assert json.loads((folder / "sentence_model.json").read_text())["licence"] == "CC0-1.0"


def test_what_is_neither_folder_nor_server_is_refused() -> None:
    for argument in ("nowhere", "http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1#"):
        with pytest.raises(ModelError) as caught:
            open_embedder(argument)
        assert caught.value.code == "inference.embedder-not-found"
