"""A GGUF file, read with every length checked against the file: it comes from outside.

The layout is that of the GGUF specification, version 2 and 3, little-endian: a header, metadata,
descriptions of tensors, then their bytes. Nothing in it is ever executed.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
"""Type number of the specification -> format of struct; booleans are one byte."""
_STRING, _ARRAY = 8, 9
_MOST_DIMENSIONS = 4
_DEFAULT_ALIGNMENT = 32


@dataclass(frozen=True, kw_only=True)
class StoredTensor:
    """Where a tensor lies and how it is quantised; `shape` as torch orders it, rows first."""

    shape: tuple[int, ...]
    kind: int
    """Number of the quantisation in ggml."""
    offset: int
    size: int
    """Bytes in the file."""


class GgufFile:
    """The metadata of a GGUF file, and its tensors by name, dequantised when they are read."""

    def __init__(self, path: Path) -> None:
        """Raises ModelError `model.gguf-damaged` for what is truncated or contradicts itself."""
        self.path = path
        self.metadata: dict[str, Any] = {}
        self.tensors: dict[str, StoredTensor] = {}
        try:
            self._size = path.stat().st_size
            # Metadata is small beside the tensors, but where it ends is known only by reading it.
            with path.open("rb") as file:
                self._parse(_Reader(file, self._size))
        except (OSError, struct.error, UnicodeDecodeError, ValueError, OverflowError) as error:
            raise ModelError(
                "model.gguf-damaged",
                f"the GGUF file cannot be read: {error}",
                where=str(path),
                remedy="Copy it again from where it was released",
            ) from error

    def read(self, name: str) -> NDArray[np.float32]:
        """A tensor in float32; raises ModelError `model.gguf-damaged` for one that is not there."""
        import numpy as np
        from gguf import GGMLQuantizationType
        from gguf.quants import dequantize

        stored = self.tensors.get(name)
        if stored is None:
            raise ModelError(
                "model.gguf-damaged",
                f"the GGUF file lacks the tensor {name}",
                where=str(self.path),
                remedy="Choose a GGUF file of the Llama family, and all of its parts in one file",
            )
        raw = np.fromfile(self.path, dtype=np.uint8, count=stored.size, offset=stored.offset)
        values: NDArray[np.float32] = dequantize(
            raw.reshape(*stored.shape[:-1], -1), GGMLQuantizationType(stored.kind)
        )
        return values.reshape(stored.shape).astype(np.float32, copy=False)

    def _parse(self, file: _Reader) -> None:
        if file.take(4) != _MAGIC:
            raise ValueError("it does not begin as GGUF files do")
        version, count, pairs = file.unpack("IQQ")
        if version not in _VERSIONS:
            raise ValueError(f"it is of version {version}, or of the other byte order")
        for _ in range(pairs):
            key = file.string()
            self.metadata[key] = file.value(*file.unpack("I"))
        found = [self._tensor(file) for _ in range(count)]
        alignment = self.metadata.get("general.alignment", _DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or alignment < 1:
            raise ValueError(f"its alignment is {alignment!r}")
        begin = -(-file.at // alignment) * alignment
        for name, tensor in found:
            if begin + tensor.offset + tensor.size > self._size:
                raise ValueError(f"it ends before the tensor {name} does")
            self.tensors[name] = StoredTensor(
                shape=tensor.shape,
                kind=tensor.kind,
                offset=begin + tensor.offset,
                size=tensor.size,
            )

    @staticmethod
    def _tensor(file: _Reader) -> tuple[str, StoredTensor]:
        from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

        name = file.string()
        (dimensions,) = file.unpack("I")
        if not 1 <= dimensions <= _MOST_DIMENSIONS:
            raise ValueError(f"the tensor {name} has {dimensions} dimensions")
        shape = file.unpack(f"{dimensions}Q")[::-1]
        kind, offset = file.unpack("IQ")
        block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
        if shape[-1] % block:
            raise ValueError(f"rows of the tensor {name} are not whole blocks of {block}")
        size = math.prod(shape) // block * block_bytes
        return name, StoredTensor(shape=shape, kind=kind, offset=offset, size=size)


class _Reader:
    """Reads forward; nothing longer than the rest of the file is ever asked for."""

    def __init__(self, file: Any, size: int) -> None:
        self._file, self._size, self.at = file, size, 0

    def take(self, count: int) -> bytes:
        if count > self._size - self.at:
            raise ValueError("it is truncated")
        self.at += count
        content: bytes = self._file.read(count)
        return content

    def unpack(self, form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))

    def string(self) -> str:
        (length,) = self.unpack("Q")
        return self.take(length).decode("utf-8")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind in _SCALARS:
            return self.unpack(_SCALARS[kind])[0]
        if kind != _ARRAY:
            raise ValueError(f"it holds a value of the unknown type {kind}")
        of, length = self.unpack("IQ")
        if of == _ARRAY:
            raise ValueError("it holds a list of lists")
        # The least that an item takes: a length that cannot be is refused before it is believed.
        least = 8 if of == _STRING else struct.calcsize("<" + _SCALARS.get(of, "B"))
        if length * least > self._size - self.at:
            raise ValueError("it is truncated")
        if of == _STRING:
            return [self.string() for _ in range(length)]
        if of not in _SCALARS:
            raise ValueError(f"it holds a list of the unknown type {of}")
        return list(self.unpack(f"{length}{_SCALARS[of]}"))
