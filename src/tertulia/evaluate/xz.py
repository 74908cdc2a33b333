"""The compression baseline: what `xz -9e` makes of a text once it knows the training text.

Bits per byte = 8 · (length of training text + held-out text compressed − length of the training
text compressed) / bytes of the held-out text, with a dictionary as large as both. All languages'
training texts, in the recipe's order, come before each held-out text; documents end in a newline.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.errors import StoreError

MAX_TRAINING_BYTES = 128_000_000
"""An encoder needs eleven times its dictionary in memory, and works at about 1.5 MB a second."""

_WORKER = Path(__file__).with_name("_xz_worker.py")


@dataclass(frozen=True)
class XzBaseline:
    """A compression that runs beside other work, on a core of its own."""

    process: subprocess.Popen[str]
    sizes: Mapping[str, int]
    """UTF-8 bytes of each held-out text, newlines between documents not counted."""
    training_bytes: int

    def bits_per_byte(self) -> dict[str, float]:
        """Waits for the answer, one figure per held-out text."""
        answer, complaint = self.process.communicate()
        if self.process.returncode != 0:
            raise StoreError(
                "evaluate.xz-failed",
                f"compressing the training text failed: {complaint.strip()[-300:]}",
                remedy="Free some memory, or leave xz out of evaluate.baselines",
            )
        lengths = json.loads(answer)
        return {
            name: 8 * (joint - lengths["training"]) / size
            for (name, size), joint in zip(self.sizes.items(), lengths["joint"], strict=True)
        }

    def wait(self) -> None:
        """Returns when the compression has ended, well or badly."""
        self.process.wait()

    def stop(self) -> None:
        """Ends the compression if its answer is no longer wanted."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def start_xz(
    training: Iterable[str], held_out: Mapping[str, Sequence[str]], scratch: Path
) -> XzBaseline:
    """Writes the texts below `scratch` and starts compressing them.

    `held_out` maps a name to its documents. Training documents beyond `MAX_TRAINING_BYTES` are
    left out; `training_bytes` says how many were taken.
    """
    folder = scratch / "xz"
    folder.mkdir(parents=True, exist_ok=True)
    training_bytes = _write_documents(folder / "training.txt", training, MAX_TRAINING_BYTES)
    sizes = {}
    paths = []
    for number, (name, documents) in enumerate(held_out.items()):
        paths.append(folder / f"held_out_{number}.txt")
        sizes[name] = _write_documents(paths[-1], documents, None)
    process = subprocess.Popen(
        [sys.executable, "-I", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    job = {"training": str(folder / "training.txt"), "held_out": [str(path) for path in paths]}
    assert process.stdin is not None
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    process.stdin = None
    return XzBaseline(process, sizes, training_bytes)


def _write_documents(path: Path, documents: Iterable[str], limit: int | None) -> int:
    """Writes documents, each ended by a newline; the bytes of text written."""
    written = 0
    with path.open("wb") as stream:
        for document in documents:
            data = document.encode("utf-8")
            if limit is not None and written + len(data) > limit:
                break
            stream.write(data + b"\n")
            written += len(data)
    return written
