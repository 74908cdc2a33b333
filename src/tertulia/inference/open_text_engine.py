"""From what a user names as the model to the engine that serves it."""

from __future__ import annotations

import importlib.util
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.compute.processor import memory_bytes
from tertulia.errors import ModelError
from tertulia.inference.context_room import served_context
from tertulia.inference.text_engine import EngineSettings, TextEngine
from tertulia.messages import tr
from tertulia.progress import log

if TYPE_CHECKING:
    from tertulia.inference.decoding_batch import DecodingBatch

ENGINES = ("openvino", "llama_cpp", "torch", "remote")
"""What `open_text_engine` takes as `engine`."""

_MIB = 2**20


def open_text_engine(
    model: str | Path, engine: str | None = None, settings: EngineSettings | None = None
) -> TextEngine:
    """Opens a model folder, a GGUF file or `URL#MODEL`.

    Without `engine`: a URL is asked, a model that has a GGUF file is run by openvino where that is
    installed and reads it, every other one by torch. A folder's GGUF file lies beside it under its
    name, as a release leaves it, or in it. Raises ModelError `inference.engine`,
    `inference.no-gguf` and what opening raises, MissingExtraError `inference.missing-extra`.
    """
    settings = settings or EngineSettings()
    if engine is not None and engine not in ENGINES:
        raise ModelError(
            "inference.engine",
            f"there is no engine '{engine}'",
            remedy="The engines are " + ", ".join(ENGINES),
        )
    if "://" in str(model):
        if engine not in (None, "remote"):
            raise _wrong_engine(f"the engine {engine} opens files, and this is a URL", str(model))
        from tertulia.inference.remote_text_engine import RemoteTextEngine

        return RemoteTextEngine.open(str(model), settings.limits)
    if engine == "remote":
        raise _wrong_engine("the engine remote wants a URL", str(model))
    return _open_here(Path(model), engine, settings)


def _open_here(path: Path, engine: str | None, settings: EngineSettings) -> TextEngine:
    if not path.exists():
        raise ModelError(
            "model.not-found",
            "there is no such model",
            where=str(path),
            remedy="Name a model folder, a GGUF file or the URL of a server",
        )
    gguf = gguf_of(path)
    if engine in ("openvino", "llama_cpp") and gguf is None:
        raise ModelError(
            "inference.no-gguf",
            f"the engine {engine} reads GGUF files, and this model has none",
            where=str(path),
            remedy="Release the model, which writes one, or use the engine torch",
        )
    if engine is None and gguf is not None and importlib.util.find_spec("openvino_genai"):
        try:
            return _open_local(gguf, "openvino", settings)
        except ModelError as error:
            # BF16 and float32 files are for others.
            if error.code != "inference.openvino-refuses":
                raise
    if gguf is not None and engine in ("openvino", "llama_cpp"):
        return _open_local(gguf, engine, settings)
    return _open_local(path, "torch", settings)


def _open_local(path: Path, engine: str, settings: EngineSettings) -> TextEngine:
    from tertulia.inference.local_text_engine import LocalTextEngine
    from tertulia.inference.process_batch import ProcessBatch
    from tertulia.model.disk import read_config
    from tertulia.tokenizer.foreign import open_tokenizer_of

    # What is wrong with a model is told before an engine sees it.
    config, tokenizer = read_config(path), open_tokenizer_of(path)
    context = served_context(config, settings.limits.running, memory_bytes())
    if context < config.context:
        log(
            tr(
                "{context} of the model's {all} tokens of context fit in the memory.",
                context=context,
                all=config.context,
            )
        )
    opener = partial(open_batch, path, engine, settings, context=context)
    # llama.cpp computes in threads of its own that Python's lock does not touch.
    batch: DecodingBatch = opener() if engine == "llama_cpp" else ProcessBatch(opener)
    return LocalTextEngine(
        batch,
        tokenizer,
        name=path.resolve().name.removesuffix(".gguf"),
        context=context,
        chats=not is_base(path),
        limits=settings.limits,
    )


def open_batch(
    path: Path, engine: str, settings: EngineSettings, *, context: int | None = None
) -> DecodingBatch:
    """The model in this process, without the queue around it; raises as `open_text_engine`.

    There is room for `context` tokens of each answer, by default as many as the model reads.
    """
    prefix_cache = settings.prefix_cache_mb * _MIB
    if engine == "openvino":
        from tertulia.inference.openvino_batch import OpenvinoBatch

        return OpenvinoBatch(
            path,
            rows=settings.limits.running,
            context=context,
            prefix_cache_bytes=prefix_cache,
            threads=settings.threads,
            device=settings.device,
        )
    if engine == "llama_cpp":
        from tertulia.inference.llama_cpp_batch import LlamaCppBatch

        return LlamaCppBatch(
            path,
            rows=settings.limits.running,
            context=context,
            prefix_cache_bytes=prefix_cache,
            threads=settings.threads,
        )
    import torch

    from tertulia.inference.torch_batch import TorchBatch
    from tertulia.model.disk import load_model
    from tertulia.tokenizer.foreign import open_tokenizer_of

    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    model = load_model(path, settings.device or "cpu")
    return TorchBatch(model, open_tokenizer_of(path), prefix_cache_bytes=prefix_cache)


def gguf_of(path: Path) -> Path | None:
    """The GGUF file of a model: itself, the one beside its folder or the only one in it."""
    if path.is_file():
        return path if path.suffix == ".gguf" else None
    beside = path.resolve().with_name(f"{path.resolve().name}.gguf")
    if beside.is_file():
        return beside
    within = sorted(path.glob("*.gguf"))
    return within[0] if len(within) == 1 else None


def is_base(path: Path) -> bool:
    """Whether a model says of itself that it only continues texts."""
    if path.is_file():
        from tertulia.store.gguf_file import GgufFile

        return bool(GgufFile(path).metadata.get("general.finetune") == "base")
    facts = path / "tertulia.json"
    if not facts.is_file():
        return False
    try:
        told = json.loads(facts.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("stage") == "base"


def _wrong_engine(what: str, where: str) -> ModelError:
    return ModelError(
        "inference.engine", what, where=where, remedy="Leave the engine out: it is found"
    )
