"""A text engine of ours over a tiny random model: only its size is not the real thing."""

from __future__ import annotations

from pathlib import Path

import torch

from tertulia.inference.local_text_engine import LocalTextEngine
from tertulia.inference.text_engine import QueueLimits
from tertulia.inference.torch_batch import TorchBatch
from tertulia.model.config import ModelConfig
from tertulia.model.disk import save_model
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.tokenizer import Tokenizer
from tests.release.tiny_model import build_tokenizer

CONTEXT = 512


def tiny_transformer(tokenizer: Tokenizer) -> Transformer:
    """Random weights, always the same."""
    config = ModelConfig(
        vocabulary=tokenizer.vocabulary,
        width=64,
        depth=2,
        heads=2,
        kv_heads=1,
        head_width=32,
        hidden=128,
        context=CONTEXT,
    )
    model = Transformer(config).eval()
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=1.0 / parameter.shape[1] ** 0.5, generator=generator)
    return model


def open_engine(limits: QueueLimits | None = None) -> LocalTextEngine:
    """The engine as `open_text_engine` makes it, in this process."""
    tokenizer = build_tokenizer()
    batch = TorchBatch(tiny_transformer(tokenizer), tokenizer, prefix_cache_bytes=1 << 20)
    return LocalTextEngine(
        batch,
        tokenizer,
        name="tiny",
        context=CONTEXT,
        chats=True,
        limits=limits or QueueLimits(),
    )


def write_model(folder: Path) -> Path:
    """The same model as a folder."""
    tokenizer = build_tokenizer()
    folder.mkdir(parents=True)
    save_model(tiny_transformer(tokenizer), folder)
    tokenizer.save(folder)
    return folder
