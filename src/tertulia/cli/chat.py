"""`tertulia chat`: a conversation, line by line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
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
from tertulia.messages import mark, ntr, tr


def chat(
    model: ModelArgument = None,
    system: Annotated[
        str | None, typer.Option(help=mark("What the model is told before you speak."))
    ] = None,
    max_tokens: MaxTokensOption = 256,
    temperature: TemperatureOption = 0.2,
    top_p: TopPOption = 0.95,
    seed: SeedOption = 0,
    runs: RunsOption = RUNS,
) -> None:
    from tertulia.inference.chat import Conversation, answer
    from tertulia.inference.engine import GenerationSettings
    from tertulia.inference.model_folder import find_model
    from tertulia.inference.torch_engine import TorchEngine
    from tertulia.tokenizer.tokenizer import load_tokenizer

    folder = find_model(model, runs)
    engine, tokenizer = TorchEngine.open(folder), load_tokenizer(folder)
    settings = GenerationSettings(
        max_tokens=max_tokens, temperature=temperature, top_p=top_p, seed=seed
    )
    conversation = Conversation()
    if system:
        conversation.add("system", system)
    _greet(folder.name)
    for turn, line in enumerate(_lines()):
        conversation.add("user", line)
        # Each turn draws from a seed of its own, so that a repeated question is not answered alike.
        settings = replace(settings, seed=seed + turn)
        _show(answer(engine, tokenizer, conversation, settings, context=engine.context))
        _mention_forgotten(conversation.forgotten)


def _lines() -> Iterator[str]:
    """What the person says, until end of input; empty lines say nothing."""
    interactive = sys.stdin.isatty()
    if interactive:
        # Line editing and history for `input`; a Python built without it does without.
        import contextlib

        with contextlib.suppress(ImportError):
            import readline  # noqa: F401
    while True:
        try:
            line = input("> " if interactive else "")
        except EOFError:
            return
        if line.strip():
            yield line.strip()


def _show(pieces: Iterator[str]) -> None:
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    sys.stdout.write("\n")
    sys.stdout.flush()


def _greet(name: str) -> None:
    if sys.stdin.isatty():
        print(tr("Talking with {name}. Ctrl-D ends the conversation.", name=name), file=sys.stderr)


def _mention_forgotten(turns: int) -> None:
    if turns and sys.stdin.isatty():
        text = ntr(
            "({count} early turn no longer fits and was left out.)",
            "({count} early turns no longer fit and were left out.)",
            turns,
        )
        print(text, file=sys.stderr)
