"""Compresses one training text once, then every held-out text as if it followed it.

A program of its own, with nothing but the standard library: it forks, and a process with torch's
threads in it should not. After the training text the compressor's whole state is in memory, so a
forked child that adds a held-out text and flushes gives exactly the length of compressing the two
together; the training text is compressed once instead of once per held-out text.

Standard input: JSON `{"training": PATH, "held_out": [PATH, ...]}`.
Standard output: JSON `{"training": LENGTH, "joint": [LENGTH, ...]}`, lengths in bytes.
"""

from __future__ import annotations

import json
import lzma
import os
import sys
from pathlib import Path
from typing import Any

_READ_BYTES = 1 << 20
_SMALLEST_DICTIONARY = 1 << 16


def compressor_for(size: int) -> lzma.LZMACompressor:
    """An `xz -9e` encoder whose dictionary holds `size` bytes.

    Raw LZMA2: the container's header and index would cancel in a difference anyway.
    """
    filters: list[dict[str, Any]] = [
        {
            "id": lzma.FILTER_LZMA2,
            "preset": 9 | lzma.PRESET_EXTREME,
            "dict_size": max(size, _SMALLEST_DICTIONARY),
        }
    ]
    return lzma.LZMACompressor(format=lzma.FORMAT_RAW, filters=filters)


def feed(compressor: lzma.LZMACompressor, path: Path) -> int:
    """Compresses the file at `path`; the length of what came out so far."""
    length = 0
    with path.open("rb") as stream:
        while block := stream.read(_READ_BYTES):
            length += len(compressor.compress(block))
    return length


def finish_in_child(compressor: lzma.LZMACompressor, text: Path | None) -> int:
    """The length of what `compressor` would still put out after `text`, its state untouched."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            length = feed(compressor, text) if text else 0
            length += len(compressor.flush())
            os.write(write_end, str(length).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answers:
        answer = answers.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise RuntimeError(f"the compression of {text} ended with status {status}")
    return int(answer)


def lengths(training: Path, held_out: list[Path]) -> dict[str, Any]:
    """Compressed lengths of the training text alone and before each held-out text."""
    largest = max((path.stat().st_size for path in held_out), default=0)
    size = training.stat().st_size + largest
    if hasattr(os, "fork"):
        compressor = compressor_for(size)
        before = feed(compressor, training)
        alone, *joint = [before + finish_in_child(compressor, text) for text in [None, *held_out]]
        return {"training": alone, "joint": joint}
    totals = []
    for texts in [[training], *([training, text] for text in held_out)]:
        compressor = compressor_for(size)
        totals.append(sum(feed(compressor, text) for text in texts) + len(compressor.flush()))
    return {"training": totals[0], "joint": totals[1:]}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    json.dump(lengths(Path(job["training"]), [Path(path) for path in job["held_out"]]), sys.stdout)
