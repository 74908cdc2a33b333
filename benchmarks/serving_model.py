"""The model that the benchmarks of serving ask: one that was given, else the newest released."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tertulia.inference.model_folder import find_model
from tertulia.inference.open_text_engine import gguf_of
from tertulia.model.disk import read_config


def add_model_options(options: argparse.ArgumentParser) -> None:
    """`--model`, `--runs`, `--engine` and `--threads`."""
    options.add_argument("--model", help="a folder, a run or a GGUF file (default: the newest run)")
    options.add_argument("--runs", type=Path, default=Path("runs"), help="where runs are kept")
    options.add_argument("--engine", default="openvino", help="default openvino")
    options.add_argument("--threads", type=int, help="of the engine (default: it chooses)")


@contextmanager
def served_model(arguments: argparse.Namespace) -> Iterator[Path]:
    """The folder, or for an engine that reads GGUF the file; raises ModelError."""
    if (arguments.model or "").endswith(".gguf"):
        yield Path(arguments.model)
        return
    folder = find_model(arguments.model, arguments.runs)
    gguf = gguf_of(folder)
    yield folder if arguments.engine == "torch" or gguf is None else gguf


def model_words(path: Path) -> str:
    """The model in words: its name and size."""
    name = path.name.removesuffix(".gguf")
    return f"{name} ({read_config(path).parameters / 1e6:,.1f} M parameters)"
