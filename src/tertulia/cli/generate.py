"""`tertulia generate`: a model continues a text."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tertulia.cli.options import (
    RUNS,
    MaxTokensOption,
    ModelArgument,
    RunsOption,
    SeedOption,
    TemperatureOption,
    TopPOption,
)
from tertulia.errors import TertuliaError
from tertulia.messages import mark


def generate(
    model: ModelArgument = None,
    prompt: Annotated[
        str | None, typer.Option(help=mark("The text to continue; else standard input."))
    ] = None,
    max_tokens: MaxTokensOption = 256,
    temperature: TemperatureOption = 0.7,
    top_p: TopPOption = 0.95,
    seed: SeedOption = 0,
    runs: RunsOption = RUNS,
) -> None:
    from tertulia.inference.chat import complete_text
    from tertulia.inference.engine import GenerationSettings
    from tertulia.inference.model_folder import find_model
    from tertulia.inference.torch_engine import TorchEngine
    from tertulia.tokenizer.tokenizer import load_tokenizer

    folder = find_model(model, runs)
    text = _standard_input() if prompt is None else prompt
    settings = GenerationSettings(
        max_tokens=max_tokens, temperature=temperature, top_p=top_p, seed=seed
    )
    pieces = complete_text(TorchEngine.open(folder), load_tokenizer(folder), text, settings)
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    sys.stdout.write("\n")


def _standard_input() -> str:
    if sys.stdin.isatty():
        raise TertuliaError(
            "cli.no-prompt",
            "there is no text to continue",
            remedy='Give it with --prompt "…", or send it through a pipe',
        )
    return sys.stdin.read()
