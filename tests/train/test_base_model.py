"""Training begins with the base's own weights, in its own shape or with another vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.errors import ModelError, TrainingError
from tertulia.recipe.schema import ModelSpec
from tertulia.tokenizer.foreign import open_tokenizer_of
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe
from tertulia.train.base_model import starting_config, starting_model
from tests.fixtures.tiny_base import TEXT, write_base

MACHINE = Machine(name="test")
SPEC = ModelSpec(base="base", context=32)


def test_with_its_own_tokenizer_it_begins_as_it_is(tmp_path: Path) -> None:
    base = write_base(tmp_path / "base")
    tokenizer = open_tokenizer_of(tmp_path / "base")
    config = starting_config(SPEC, tmp_path / "base", tokenizer)
    assert config == base.config
    model = starting_model(config, tmp_path / "base", tokenizer, MACHINE, seed=0)
    for name, value in base.state_dict().items():
        assert torch.equal(model.state_dict()[name], value), name
    assert all(p.requires_grad for p in model.parameters()) and model.training


@pytest.mark.parametrize("tied", [True, False])
def test_with_another_tokenizer_rows_follow_their_tokens(tmp_path: Path, tied: bool) -> None:
    base = write_base(tmp_path / "base", tied=tied)
    old, new = open_tokenizer_of(tmp_path / "base"), Tokenizer(train_bpe(TEXT, 384))
    config = starting_config(SPEC, tmp_path / "base", new)
    model = starting_model(config, tmp_path / "base", new, MACHINE, seed=0)
    assert (config.vocabulary, config.depth) == (new.vocabulary, base.config.depth)
    [before], [after] = old.encode("e"), new.encode("e")
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        assert torch.equal(model.state_dict()[name][after], base.state_dict()[name][before])
    # A document ends with <|endoftext|> in the base and with <|eos|> here.
    embeddings = model.model.embed_tokens.weight
    assert torch.equal(embeddings[new.special.end], base.model.embed_tokens.weight[0])
    assert (model.lm_head.weight is embeddings) is tied


def test_a_context_beyond_the_bases_is_refused(tmp_path: Path) -> None:
    write_base(tmp_path / "base")
    tokenizer = open_tokenizer_of(tmp_path / "base")
    with pytest.raises(TrainingError, match="reads 64 tokens"):
        starting_config(ModelSpec(base="base", context=128), tmp_path / "base", tokenizer)


def test_pickled_weights_are_never_opened(tmp_path: Path) -> None:
    write_base(tmp_path / "base")
    tokenizer = open_tokenizer_of(tmp_path / "base")
    (tmp_path / "base" / "model.safetensors").rename(tmp_path / "base" / "pytorch_model.bin")
    config = starting_config(SPEC, tmp_path / "base", tokenizer)
    with pytest.raises(ModelError) as caught:
        starting_model(config, tmp_path / "base", tokenizer, MACHINE, seed=0)
    assert caught.value.code == "model.pickled-weights"
