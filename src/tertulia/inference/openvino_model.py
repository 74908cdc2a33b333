"""A GGUF file run by openvino, as logits: every position's, not only what would be written next.

openvino-genai reads GGUF but tells no logits of a prompt. It can keep the network that it builds,
and openvino itself runs that one: inputs are ids and positions, keys and values stay inside. What
it keeps it may round to float16, rotary frequencies too, which would turn far tokens by whole
radians: what the file holds more exactly is put back.

Shapes: K rows, T tokens, V vocabulary, H half a head's width.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tertulia.errors import MissingExtraError, ModelError
from tertulia.inference.signal_stack import kept_signal_stack

if TYPE_CHECKING:
    from tertulia.model.config import ModelConfig

_SETTINGS = {
    # Left to itself it computes in bfloat16 with an 8-bit cache and 8-bit activations.
    "INFERENCE_PRECISION_HINT": "f32",
    "KV_CACHE_PRECISION": "f32",
    "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0",
    # More threads would divide sums differently: figures would depend on the machine's cores.
    "INFERENCE_NUM_THREADS": "1",
}
_REMEDY = "Use the engine torch, which reads every GGUF file of the Llama family"


class OpenvinoModel:
    """Rows of ids that grow: what was read stays read until `begin`."""

    def __init__(self, path: Path) -> None:
        """Compiles the GGUF file `path` in float32 on one thread.

        Takes the file's size again in the folder of temporary files while it is open. Raises
        MissingExtraError `inference.missing-extra`, ModelError `inference.openvino-refuses`.
        """
        openvino, genai = _packages()
        folder = Path(tempfile.mkdtemp(prefix="tertulia-"))
        # The weights stay where they were written, mapped into memory, while this object lives.
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        # The network is written beside the file that is opened: the model's own folder stays clean.
        (folder / path.name).symlink_to(path.resolve())
        try:
            with kept_signal_stack():
                pipeline = genai.LLMPipeline(
                    str(folder / path.name), "CPU", enable_save_ov_model=True, **_SETTINGS
                )
                del pipeline
                network = openvino.Core().read_model(folder / "openvino_model.xml")
                _restore(network, path, openvino)
                compiled = openvino.Core().compile_model(network, "CPU", _SETTINGS)
        except RuntimeError as error:
            raise ModelError(
                "inference.openvino-refuses",
                f"openvino does not open the GGUF file: {_last_line(error)}",
                where=str(path),
                remedy=_REMEDY,
            ) from error
        self._request = compiled.create_infer_request()
        self.version = str(openvino.__version__)
        self.length = 0
        """How many ids of each row were read."""

    def begin(self) -> None:
        """Forgets what was read."""
        self._request.reset_state()
        self.length = 0

    def read(self, rows: Sequence[Sequence[int]], *, widen: bool = False) -> NDArray[np.float32]:
        """Logits (K, T, V) after each id of `rows`, all of one length, which follow what was read.

        `widen` makes the one row that was read so far the beginning of all of them.
        """
        ids_KT = np.array(rows, dtype=np.int64)
        count, width = ids_KT.shape
        places = np.arange(self.length, self.length + width, dtype=np.int64)
        self._request.infer(
            {
                "input_ids": ids_KT,
                "attention_mask": np.ones((count, self.length + width), dtype=np.int64),
                "position_ids": np.tile(places, (count, 1)),
                # Which row of the cache each row goes on from.
                "beam_idx": np.zeros(count, np.int32)
                if widen
                else np.arange(count, dtype=np.int32),
            }
        )
        self.length += width
        logits: NDArray[np.float32] = self._request.get_output_tensor(0).data
        return logits


def _restore(network: Any, path: Path, openvino: Any) -> None:
    """Puts rotary frequencies and one-dimensional tensors back as the file means them.

    Raises ModelError where the network turns by other frequencies than the file states.
    """
    from tertulia.model.disk import read_config
    from tertulia.store.gguf_file import GgufFile

    file = GgufFile(path)
    frequency_H = _frequencies(read_config(path))
    vectors = [file.read(name) for name, tensor in file.tensors.items() if len(tensor.shape) == 1]
    exact = {vector.astype(np.float16).tobytes(): vector for vector in vectors}
    turned = False
    for constant in network.get_ops():
        if constant.get_type_name() != "Constant" or not _is_real(constant):
            continue
        values = constant.data
        found = exact.get(values.tobytes())
        # Half a unit of float16: its least value, or its least share.
        if values.size == frequency_H.size and np.allclose(
            values.ravel(), frequency_H, rtol=1e-3, atol=6e-8
        ):
            found, turned = frequency_H, True
        if found is not None:
            _replace(constant, found.reshape(values.shape), openvino)
    if not turned:
        raise ModelError(
            "inference.openvino-refuses",
            "openvino turns positions by other frequencies than the GGUF file states",
            where=str(path),
            remedy=_REMEDY,
        )


def _is_real(constant: Any) -> bool:
    return any(name in str(constant.get_element_type()) for name in ("float16", "float32"))


def _replace(constant: Any, values: NDArray[np.float32], openvino: Any) -> None:
    """Float32 in place of a constant, or of what widens one that was kept in float16."""
    exact = openvino.op.Constant(values.astype(np.float32))
    if "float32" in str(constant.get_element_type()):
        constant.output(0).replace(exact.output(0))
        return
    for convert in [target.get_node() for target in constant.output(0).get_target_inputs()]:
        convert.output(0).replace(exact.output(0))


def _frequencies(config: ModelConfig) -> NDArray[np.float32]:
    """Radians per token (H,)."""
    half_H = np.arange(0, config.head_width, 2, dtype=np.float32)
    frequency_H = (1.0 / config.rope_theta ** (half_H / config.head_width)).astype(np.float32)
    if config.rope_scaling is None:
        return frequency_H
    divisor_H = config.rope_scaling.divisors(config.rope_theta, config.head_width).numpy()
    scaled_H: NDArray[np.float32] = (frequency_H / divisor_H).astype(np.float32)
    return scaled_H


def _packages() -> tuple[Any, Any]:
    try:
        return import_module("openvino"), import_module("openvino_genai")
    except ImportError as error:
        raise MissingExtraError(
            "inference.missing-extra",
            "GGUF files are run with the package openvino-genai, which is not installed",
            remedy="Install it with `pip install 'tertulia[evaluate]'`, or use the engine torch",
        ) from error


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
