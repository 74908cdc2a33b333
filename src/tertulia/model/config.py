"""The shape of a model, from one dial or from a Llama-family `config.json`.

A size such as `"7m"` names the parameters of the blocks plus embeddings at the usual vocabulary,
rounded; what it gives can be overridden key by key. Widths are multiples of 256 and head width is
64, which is what llama.cpp's K-quants and openvino's kernels want.
"""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from typing import Any

from tertulia.errors import ModelError, RecipeError
from tertulia.model.rotary_scaling import RotaryScaling, published_scaling
from tertulia.recipe.schema import ModelSpec

_HEAD_WIDTH = 64


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """A decoder of the Llama family: RMSNorm, rotary positions, gated feed-forward."""

    vocabulary: int
    width: int
    depth: int
    heads: int
    kv_heads: int
    head_width: int
    hidden: int
    context: int
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-5
    tied: bool = True
    rope_scaling: RotaryScaling | None = None

    def __post_init__(self) -> None:
        """Raises ModelError where the numbers cannot make a model."""
        if self.heads % self.kv_heads:
            raise ModelError(
                "model.heads",
                f"{self.heads} attention heads cannot share {self.kv_heads} key-value heads",
                remedy=f"Choose model.kv_heads among the divisors of {self.heads}",
            )
        if self.head_width % 2:
            raise ModelError("model.head-width", f"head width {self.head_width} is not even")

    @property
    def parameters(self) -> int:
        """All parameters, each counted once."""
        attention = self.width * self.head_width * 2 * (self.heads + self.kv_heads)
        block = attention + 3 * self.width * self.hidden + 2 * self.width
        matrices = 1 if self.tied else 2
        return self.depth * block + matrices * self.vocabulary * self.width + self.width

    @property
    def embedding_parameters(self) -> int:
        """Parameters of the embedding and, where it is apart, the output matrix."""
        return (1 if self.tied else 2) * self.vocabulary * self.width

    def as_dict(self) -> dict[str, Any]:
        """Every field, for locks and manifests."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class TokenIds:
    """Which ids begin and end a text and fill rows, as a published model states them."""

    bos: int = 1
    eos: tuple[int, ...] = (2, 4)
    """The end of a document first, then other ids at which an answer ends."""
    pad: int = 0


@dataclass(frozen=True, kw_only=True)
class Size:
    """What one position of the dial gives."""

    width: int
    depth: int
    hidden: int
    kv_heads: int
    tied: bool
    learning_rate: float
    """Peak rate of matrices under Muon; AdamW takes a tenth of it.

    Measured for batches of 2,048 tokens at width 256 (docs/log.md), assumed above that."""
    embedding_learning_rate: float


def _size(width: int, depth: int, hidden: int, kv_heads: int, *, rate: float) -> Size:
    return Size(
        width=width,
        depth=depth,
        hidden=hidden,
        kv_heads=kv_heads,
        tied=width < 2048,
        learning_rate=rate,
        # Embedding rows are read by few tokens, so their rate falls with width more slowly.
        embedding_learning_rate=0.025 * (256 / width) ** 0.5,
    )


SIZES: dict[str, Size] = {
    "1m": _size(64, 2, 256, 1, rate=0.02),
    "5m": _size(256, 4, 768, 4, rate=0.008),
    "7m": _size(256, 6, 768, 4, rate=0.008),
    "15m": _size(256, 12, 1024, 4, rate=0.008),
    "30m": _size(512, 8, 1536, 8, rate=0.008),
    "60m": _size(512, 16, 1536, 8, rate=0.008),
    "150m": _size(768, 16, 2048, 4, rate=0.008),
    "350m": _size(1024, 24, 2816, 8, rate=0.008),
    "1b": _size(2048, 18, 5632, 8, rate=0.008),
    "2b": _size(2048, 24, 5632, 16, rate=0.008),
    "7b": _size(4096, 32, 11008, 8, rate=0.006),
    "40b": _size(8192, 48, 24576, 8, rate=0.004),
}


def find_size(name: str) -> Size:
    """The dial's position called `name`; raises RecipeError with the nearest names."""
    if name in SIZES:
        return SIZES[name]
    near = difflib.get_close_matches(name, SIZES, n=1, cutoff=0.3) or ["7m"]
    raise RecipeError(
        "recipe.unknown-size",
        f'model.size = "{name}" is not on the dial; the nearest is "{near[0]}"',
        where="key model.size",
        remedy="Choose one of " + ", ".join(SIZES) + ", or override width, depth and hidden",
    )


def config_from_spec(spec: ModelSpec, vocabulary: int) -> ModelConfig:
    """Every value of the model, from the dial and what overrides it."""
    size = find_size(spec.size)
    width = spec.width or size.width
    heads = spec.heads or max(1, width // _HEAD_WIDTH)
    if width % heads or width // heads % 2:
        raise RecipeError(
            "recipe.model-shape",
            f"model.width = {width} does not divide into {heads} heads of an even width",
            where="keys model.heads, model.width",
            remedy=f"Make the width a multiple of {2 * heads}, best of 256",
        )
    kv_heads = spec.kv_heads or (heads if spec.heads or spec.width else size.kv_heads)
    return ModelConfig(
        vocabulary=vocabulary,
        width=width,
        depth=spec.depth or size.depth,
        heads=heads,
        kv_heads=min(kv_heads, heads),
        head_width=width // heads,
        hidden=spec.hidden or size.hidden,
        context=spec.context,
        tied=size.tied if spec.tied is None else spec.tied,
    )


def to_hugging_face(config: ModelConfig, tokens: TokenIds | None = None) -> dict[str, Any]:
    """The `config.json` of this model, as transformers' `LlamaForCausalLM` reads it."""
    tokens = tokens or TokenIds()
    scaling = config.rope_scaling.as_published() if config.rope_scaling else None
    rope = scaling or {"rope_type": "default"}
    return {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": tokens.bos,
        "dtype": "float32",
        "eos_token_id": tokens.eos[0],
        "head_dim": config.head_width,
        "hidden_act": "silu",
        "hidden_size": config.width,
        "initializer_range": 0.02,
        "intermediate_size": config.hidden,
        "max_position_embeddings": config.context,
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": config.heads,
        "num_hidden_layers": config.depth,
        "num_key_value_heads": config.kv_heads,
        "pad_token_id": tokens.pad,
        "rms_norm_eps": config.norm_eps,
        "rope_parameters": {**rope, "rope_theta": config.rope_theta},
        "rope_theta": config.rope_theta,
        "tie_word_embeddings": config.tied,
        "use_cache": True,
        "vocab_size": config.vocabulary,
        **({"rope_scaling": scaling} if scaling else {}),
    }


def from_hugging_face(values: dict[str, Any]) -> ModelConfig:
    """Reads a Llama-family `config.json`; raises ModelError for what is not of that shape."""
    _refuse_other_shapes(values)
    rope = values.get("rope_parameters") or values.get("rope_scaling") or {}
    try:
        heads = int(values["num_attention_heads"])
        return ModelConfig(
            vocabulary=int(values["vocab_size"]),
            width=int(values["hidden_size"]),
            depth=int(values["num_hidden_layers"]),
            heads=heads,
            kv_heads=int(values.get("num_key_value_heads") or heads),
            head_width=int(values.get("head_dim") or int(values["hidden_size"]) // heads),
            hidden=int(values["intermediate_size"]),
            context=int(values["max_position_embeddings"]),
            rope_theta=float(rope.get("rope_theta") or values.get("rope_theta") or 10_000.0),
            norm_eps=float(values.get("rms_norm_eps", 1e-5)),
            tied=bool(values.get("tie_word_embeddings", False)),
            rope_scaling=published_scaling(rope),
        )
    except KeyError as missing:
        raise ModelError(
            "model.config-key",
            f"config.json lacks the key {missing}",
            remedy="Take config.json from the model's publisher again",
        ) from missing
    except (TypeError, ValueError, AttributeError) as error:
        raise ModelError(
            "model.config-key",
            f"a key of config.json holds what it cannot: {error}",
            remedy="Take config.json from the model's publisher again",
        ) from error


def _refuse_other_shapes(values: dict[str, Any]) -> None:
    """Raises ModelError for a family or an option that would compute something else."""
    if values.get("model_type") not in ("llama", "mistral"):
        raise ModelError(
            "model.not-llama",
            f"this model is of type {values.get('model_type')!r}; only the Llama family is read",
            where="config.json, key model_type",
            remedy="Choose a Llama-shaped checkpoint such as SmolLM2 or Salamandra",
        )
    # Mistral's window is no part of the weights, but without it long texts read differently.
    window = values.get("sliding_window") if values["model_type"] == "mistral" else None
    options = ("attention_bias", "mlp_bias")
    other = {key: True for key in options if values.get(key)}
    other |= {"sliding_window": window} if window else {}
    activation = values.get("hidden_act", "silu")
    other |= {"hidden_act": activation} if activation not in ("silu", "swish") else {}
    for key, value in other.items():
        raise ModelError(
            "model.not-llama",
            f"this model has {key} = {value!r}, which our Llama has not",
            where=f"config.json, key {key}",
            remedy="Choose a Llama-shaped checkpoint such as SmolLM2 or Salamandra",
        )
