"""The dial gives a whole model, the recipe overrides it, and config.json carries it both ways."""

from __future__ import annotations

import pytest

from tertulia.errors import ModelError, RecipeError
from tertulia.model.config import (
    SIZES,
    ModelConfig,
    config_from_spec,
    from_hugging_face,
    to_hugging_face,
)
from tertulia.recipe.schema import ModelSpec


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_the_dial_makes_a_model(size: str) -> None:
    config = config_from_spec(ModelSpec(size=size), 8192)
    assert config.heads * config.head_width == config.width
    assert config.width % 64 == 0 and config.hidden % 64 == 0


@pytest.mark.parametrize(
    ("size", "vocabulary", "low", "high"),
    [("7m", 8192, 6.5e6, 7.5e6), ("30m", 16_384, 28e6, 38e6), ("7b", 65_536, 6e9, 8e9)],
)
def test_a_size_means_about_that_many_parameters(
    size: str, vocabulary: int, low: float, high: float
) -> None:
    config = config_from_spec(ModelSpec(size=size), vocabulary)
    assert low < config.parameters < high


def test_an_unknown_size_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match='the nearest is "30m"') as caught:
        config_from_spec(ModelSpec(size="30mm"), 8192)
    assert caught.value.code == "recipe.unknown-size"


def test_overrides_win_over_the_dial() -> None:
    config = config_from_spec(ModelSpec(size="7m", depth=3, hidden=512, tied=False), 8192)
    assert (config.depth, config.hidden, config.tied, config.width) == (3, 512, False, 256)


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(RecipeError, match="does not divide"):
        config_from_spec(ModelSpec(size="7m", width=250, heads=4), 8192)


def test_key_value_heads_must_divide_heads() -> None:
    with pytest.raises(ModelError, match="cannot share"):
        ModelConfig(
            vocabulary=128,
            width=64,
            depth=1,
            heads=4,
            kv_heads=3,
            head_width=16,
            hidden=64,
            context=8,
        )


def test_config_json_round_trips() -> None:
    config = config_from_spec(ModelSpec(size="30m", kv_heads=2), 8192)
    assert from_hugging_face(to_hugging_face(config)) == config


def test_a_config_json_of_another_family_is_refused() -> None:
    with pytest.raises(ModelError, match="only the Llama family"):
        from_hugging_face({"model_type": "mamba"})


def test_a_config_json_without_a_key_names_it() -> None:
    values = to_hugging_face(config_from_spec(ModelSpec(), 8192))
    del values["hidden_size"]
    with pytest.raises(ModelError, match="hidden_size"):
        from_hugging_face(values)


def test_parameters_are_counted_as_torch_counts_them() -> None:
    from tertulia.model.transformer import Transformer

    for tied in (True, False):
        config = config_from_spec(ModelSpec(size="1m", tied=tied), 512)
        assert sum(p.numel() for p in Transformer(config).parameters()) == config.parameters


def test_mistral_without_a_window_is_a_llama() -> None:
    values = to_hugging_face(config_from_spec(ModelSpec(), 8192)) | {"model_type": "mistral"}
    assert from_hugging_face(values | {"sliding_window": None}).width == 256
    with pytest.raises(ModelError, match="sliding_window"):
        from_hugging_face(values | {"sliding_window": 4096})


@pytest.mark.parametrize(
    ("key", "value"), [("attention_bias", True), ("mlp_bias", True), ("hidden_act", "gelu")]
)
def test_what_would_compute_something_else_is_refused(key: str, value: object) -> None:
    values = to_hugging_face(config_from_spec(ModelSpec(), 8192)) | {key: value}
    with pytest.raises(ModelError, match=key) as caught:
        from_hugging_face(values)
    assert caught.value.code == "model.not-llama"


def test_a_key_that_holds_what_it_cannot_is_told() -> None:
    values = to_hugging_face(config_from_spec(ModelSpec(), 8192)) | {"hidden_size": "wide"}
    with pytest.raises(ModelError) as caught:
        from_hugging_face(values)
    assert caught.value.code == "model.config-key"
