"""A tiny model of sentence vectors on disk, with random weights and a tokenizer of its own."""

from __future__ import annotations

from pathlib import Path

from tertulia.compute.machine import Machine
from tertulia.inference.sentence_model import save_sentence_model
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.train import train_bpe
from tertulia.train.initialise import initialise
from tertulia.train.numerics import empty_model

TEXTS = (
    "el consell acorda la despesa",
    "udalak gastua onartu du",
    "o concello aproba o gasto",
    "el ayuntamiento aprueba el gasto",
)


def tiny_transformer(context: int = 64) -> Transformer:
    """Two layers of width 64."""
    config = ModelConfig(
        vocabulary=512,
        width=64,
        depth=2,
        heads=1,
        kv_heads=1,
        head_width=64,
        hidden=128,
        context=context,
    )
    transformer = empty_model(config, Machine(name="test"))
    initialise(transformer, 0)
    transformer.bidirectional = True
    return transformer.eval()


def save_tiny(folder: Path, *, context: int = 64) -> Path:
    """Saves such a model into `folder`."""
    tokenizer = folder.parent / "tokenizer.json"
    train_bpe(TEXTS * 20, 512).save(str(tokenizer))
    save_sentence_model(
        tiny_transformer(context), tokenizer, folder, name="tiny", facts={"licence": "CC0-1.0"}
    )
    return folder
