"""A model folder as one GGUF file, the format of llama.cpp, which openvino-genai reads too.

Nothing of the machine or of the moment goes into the file: the same folder gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tertulia.errors import ModelError
from tertulia.model.gguf_layout import gguf_name
from tertulia.release.gguf_tensors import StoredTensors, stored_tensors
from tertulia.release.gguf_tokenizer import GgufTokenizer, read_gguf_tokenizer
from tertulia.release.json_files import read_json
from tertulia.release.names import ModelName

if TYPE_CHECKING:
    import numpy as np
    from gguf import GGUFWriter
    from numpy.typing import NDArray

GgufPrecision = Literal["f32", "f16"]

_DIVISORS = "rope_freqs.weight"
"""The tensor of what each rotary frequency is divided by."""


@dataclass(frozen=True, kw_only=True)
class GgufDescription:
    """What the file says of itself beyond the shape of the model."""

    name: ModelName
    licence: str
    """An SPDX identifier."""
    languages: Sequence[str]


def export_gguf(
    folder: Path, out: Path, description: GgufDescription, *, precision: GgufPrecision = "f16"
) -> None:
    """Writes the model folder to the file `out`.

    Matrices are stored in `precision`, norms always in float32; a tied output matrix is left out,
    as readers expect. One tensor is in memory at a time. Raises ModelError with a `release.` code
    for a folder that lacks a part or is no Llama with byte-level BPE.
    """
    from gguf import GGUFWriter

    config = _read_config(folder)
    tokenizer = read_gguf_tokenizer(folder, vocabulary=int(config["vocab_size"]))
    tensors = stored_tensors(folder, config)
    writer = GGUFWriter(out, "llama")
    _describe(writer, description, precision)
    _add_shape(writer, config)
    _add_tokenizer(writer, tokenizer, description.name.kind)
    for name in tensors.names:
        _announce(writer, tensors, name, precision)
    divisors = _rotary_divisors(config)
    if divisors is not None:
        writer.add_tensor_info(_DIVISORS, divisors.shape, divisors.dtype, divisors.nbytes)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name in tensors.names:
        values = tensors.read(name)
        writer.write_tensor_data(values.astype(_dtype(values.shape, precision)))
    if divisors is not None:
        writer.write_tensor_data(divisors)
    writer.close()


def _read_config(folder: Path) -> dict[str, Any]:
    config = read_json(folder / "config.json")
    if config.get("model_type") != "llama":
        raise ModelError(
            "release.not-llama",
            f"a model of type {config.get('model_type')!r} cannot be exported to GGUF",
            where=str(folder / "config.json"),
            remedy="Only the Llama family can",
        )
    return config


def _describe(writer: GGUFWriter, description: GgufDescription, precision: GgufPrecision) -> None:
    from gguf import GGML_QUANT_VERSION, LlamaFileType

    writer.add_type("model")
    writer.add_name(str(description.name))
    writer.add_basename(description.name.family)
    writer.add_size_label(description.name.size.upper())
    writer.add_finetune(description.name.kind)
    writer.add_version(f"v{description.name.version}")
    writer.add_license(description.licence)
    writer.add_languages(list(description.languages))
    types = {"f32": LlamaFileType.ALL_F32, "f16": LlamaFileType.MOSTLY_F16}
    writer.add_file_type(types[precision])
    writer.add_quantization_version(GGML_QUANT_VERSION)


def _add_shape(writer: GGUFWriter, config: dict[str, Any]) -> None:
    from gguf import RopeScalingType

    heads = int(config["num_attention_heads"])
    head_width = int(config.get("head_dim") or config["hidden_size"] // heads)
    rope = config.get("rope_parameters") or {}
    writer.add_vocab_size(int(config["vocab_size"]))
    writer.add_context_length(int(config["max_position_embeddings"]))
    writer.add_embedding_length(int(config["hidden_size"]))
    writer.add_block_count(int(config["num_hidden_layers"]))
    writer.add_feed_forward_length(int(config["intermediate_size"]))
    writer.add_head_count(heads)
    writer.add_head_count_kv(int(config.get("num_key_value_heads") or heads))
    writer.add_key_length(head_width)
    writer.add_value_length(head_width)
    writer.add_layer_norm_rms_eps(float(config["rms_norm_eps"]))
    writer.add_rope_dimension_count(head_width)
    writer.add_rope_freq_base(float(rope.get("rope_theta") or config.get("rope_theta") or 10_000.0))
    if rope.get("rope_type") == "linear":
        writer.add_rope_scaling_type(RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(float(rope["factor"]))


def _rotary_divisors(config: dict[str, Any]) -> NDArray[np.float32] | None:
    """Llama 3's scaling of positions as llama.cpp reads it; None for a model without."""
    from tertulia.model.config import from_hugging_face

    shape = from_hugging_face(config)
    if shape.rope_scaling is None or shape.rope_scaling.kind != "llama3":
        return None
    values: NDArray[np.float32] = shape.rope_scaling.divisors(
        shape.rope_theta, shape.head_width
    ).numpy()
    return values


def _add_tokenizer(writer: GGUFWriter, tokenizer: GgufTokenizer, kind: str) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(tokenizer.pre)
    writer.add_token_list(tokenizer.tokens)
    writer.add_token_types(tokenizer.kinds)
    writer.add_token_merges(tokenizer.merges)
    add_id = {
        "bos": writer.add_bos_token_id,
        "eos": writer.add_eos_token_id,
        "eot": writer.add_eot_token_id,
        "pad": writer.add_pad_token_id,
    }
    special = dict(tokenizer.special)
    if kind == "instruct" and "eot" in special:
        # Readers that know one end only must stop where an answer ends.
        special["eos"] = special["eot"]
    for role, index in sorted(special.items()):
        add_id[role](index)
    writer.add_add_bos_token(tokenizer.begins_with_bos)
    writer.add_add_eos_token(False)
    if tokenizer.chat_template is not None:
        writer.add_chat_template(tokenizer.chat_template)


def _announce(
    writer: GGUFWriter, tensors: StoredTensors, name: str, precision: GgufPrecision
) -> None:
    import numpy as np

    shape = tensors.shape(name)
    dtype = np.dtype(_dtype(shape, precision))
    nbytes = int(np.prod(shape)) * dtype.itemsize
    writer.add_tensor_info(gguf_name(name), shape, dtype, nbytes)


def _dtype(shape: Sequence[int], precision: GgufPrecision) -> str:
    return "float16" if precision == "f16" and len(shape) > 1 else "float32"
