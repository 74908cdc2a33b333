"""A Llama out of a GGUF file: its shape from the metadata, its weights dequantised to float32."""

from __future__ import annotations

from typing import Any

import torch

from tertulia.errors import ModelError
from tertulia.model.config import ModelConfig
from tertulia.model.gguf_layout import gguf_name, halve_rotary
from tertulia.model.rotary_scaling import RotaryScaling
from tertulia.store.gguf_file import GgufFile

_ARCHITECTURE = "llama"
_SCALING_FREE = (None, "none")


def gguf_config(file: GgufFile) -> ModelConfig:
    """The shape that the metadata states; raises ModelError for another family or lacking keys."""
    values = file.metadata
    if values.get("general.architecture") != _ARCHITECTURE:
        raise ModelError(
            "model.not-llama",
            f"this model is of type {values.get('general.architecture')!r}; only the Llama family "
            "is read",
            where=str(file.path),
            remedy="Choose a Llama-shaped checkpoint such as SmolLM2 or Salamandra",
        )

    def key(name: str, default: Any = None) -> Any:
        found = values.get(f"{_ARCHITECTURE}.{name}", default)
        if found is None or isinstance(found, (list, str)):
            raise ModelError(
                "model.gguf-damaged",
                f"the GGUF file does not state {_ARCHITECTURE}.{name} as one number",
                where=str(file.path),
                remedy="Copy it again from where it was released",
            )
        return found

    width, heads = int(key("embedding_length")), int(key("attention.head_count"))
    embedding = file.tensors.get("token_embd.weight")
    if embedding is None or heads < 1 or int(key("expert_count", 0)):
        raise ModelError(
            "model.not-llama",
            "the GGUF file holds no plain Llama: it lacks embeddings or heads, or has experts",
            where=str(file.path),
            remedy="Choose a Llama-shaped checkpoint such as SmolLM2 or Salamandra",
        )
    theta = float(key("rope.freq_base", 10_000.0))
    head_width = int(key("attention.key_length", width // heads))
    return ModelConfig(
        vocabulary=embedding.shape[0],
        width=width,
        depth=int(key("block_count")),
        heads=heads,
        kv_heads=int(key("attention.head_count_kv", heads)),
        head_width=head_width,
        hidden=int(key("feed_forward_length")),
        context=int(key("context_length")),
        rope_theta=theta,
        norm_eps=_short(float(key("attention.layer_norm_rms_epsilon"))),
        tied="output.weight" not in file.tensors,
        rope_scaling=_scaling(file, theta, head_width),
    )


def read_gguf_weights(file: GgufFile, config: ModelConfig) -> dict[str, torch.Tensor]:
    """Parameters under the published names, (rows, columns) in float32; a tied output is left out.

    Raises ModelError `model.gguf-damaged` for a tensor that is missing or of another shape.
    """
    from tertulia.model.transformer import Transformer

    with torch.device("meta"):
        shapes = {n: tuple(p.shape) for n, p in Transformer(config).state_dict().items()}
    if config.tied:
        del shapes["lm_head.weight"]
    heads = {"q_proj": config.heads, "k_proj": config.kv_heads}
    tensors: dict[str, torch.Tensor] = {}
    for name, shape in shapes.items():
        values = file.read(gguf_name(name))
        if values.shape != shape:
            raise ModelError(
                "model.gguf-damaged",
                f"the tensor {gguf_name(name)} is {values.shape}, where {shape} fits the metadata",
                where=str(file.path),
                remedy="Copy it again from where it was released",
            )
        projection = name.split(".")[-2]
        if projection in heads:
            values = halve_rotary(values, heads[projection])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


def _short(stored: float) -> float:
    """The shortest decimal that is the same float32: 1e-5 was meant, not 9.999999747e-06."""
    import numpy as np

    return float(str(np.float32(stored)))


def _scaling(file: GgufFile, theta: float, head_width: int) -> RotaryScaling | None:
    """Linear scaling as the metadata states it, Llama 3's as its tensor of factors implies it."""
    if "rope_freqs.weight" in file.tensors:
        return _llama3_scaling(file, theta, head_width)
    kind = file.metadata.get(f"{_ARCHITECTURE}.rope.scaling.type")
    if kind in _SCALING_FREE:
        return None
    if kind != "linear":
        raise ModelError(
            "model.rope-scaling",
            f"rotary positions scaled the way {kind!r} are not read",
            where=str(file.path),
            remedy="Choose a checkpoint without rope scaling, or with that of Llama 3",
        )
    factor = float(file.metadata.get(f"{_ARCHITECTURE}.rope.scaling.factor", 1.0))
    return RotaryScaling(kind="linear", factor=factor)


def _llama3_scaling(file: GgufFile, theta: float, head_width: int) -> RotaryScaling:
    """Llama 3's: a GGUF file holds only what each frequency is divided by, 1 to the factor.

    Raises ModelError `model.rope-scaling` where that does not come of the published numbers.
    """
    stored_K = torch.from_numpy(file.read("rope_freqs.weight").copy())
    scaling = RotaryScaling(kind="llama3", factor=_short(float(stored_K.max())))
    expected_K = scaling.divisors(theta, head_width)
    if stored_K.shape != expected_K.shape or not torch.allclose(stored_K, expected_K, rtol=1e-3):
        raise ModelError(
            "model.rope-scaling",
            "rotary positions are scaled by numbers that are not those of Llama 3",
            where=str(file.path),
            remedy="Take the same model as a folder with config.json, which states the numbers",
        )
    return scaling
