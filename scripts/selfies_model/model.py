"""Packs the model that the recipe `molecules` makes, with its card and what was measured of it."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tertulia.compute.machine import Machine
from tertulia.discover.generators.selfies_files import save_selfies_model
from tertulia.discover.generators.selfies_model import SelfiesModel
from tertulia.pipeline import run_recipe
from tertulia.recipe.shipped import shipped_folder

NAME = "tertulia-molecules-1m-v0.1"
_SAMPLES, _SEED = 1000, 1
_CARD = Path(__file__).with_name("card.md")


def write_model(runs: Path, out: Path) -> None:
    """Trains by the recipe on one thread in float32, or finds what was trained, and packs it."""
    machine = Machine(name="one-thread", threads=1)
    report = run_recipe("molecules", runs_dir=runs, until="pretrain", machine=machine)
    pretrained = report.artifacts["pretrain"]
    index = shipped_folder("molecules", "molecules.json")
    (train,) = [
        file for file in json.loads(index.read_text("utf-8"))["files"] if file["split"] == "train"
    ]
    facts: dict[str, Any] = {
        "name": NAME,
        "licence": "Apache-2.0",
        "made_by": "scripts/selfies_model/build.py",
        "recipe": "molecules",
        "pretrain_digest": pretrained.manifest.digest,
        "parameters": pretrained.manifest.counts["parameters"],
        "tokens": pretrained.manifest.counts["tokens"],
        "acids": train["molecules"],
        "rows": train["documents"],
        "trained_on_sha256": hashlib.sha256(index.read_bytes()).hexdigest(),
        "libraries": {name: version(name) for name in ("rdkit", "selfies", "torch")},
    }
    save_selfies_model(pretrained.path, out, facts)
    facts["measured"] = _measured(SelfiesModel.open(out))
    save_selfies_model(pretrained.path, out, facts)
    (out / "CARD.md").write_text(_card(facts), encoding="utf-8")


def _measured(model: SelfiesModel) -> dict[str, float]:
    """Shares of 1,000 texts at temperature 1 that are valid, unique, novel; and kept ones."""
    sampling = model.sample(_SAMPLES, seed=_SEED)
    kept = sum(not isinstance(model.wanted(acid), str) for acid in sampling.acids)
    return {
        "texts": _SAMPLES,
        "seed": _SEED,
        "validity": round(sampling.validity, 4),
        "uniqueness": round(sampling.uniqueness, 4),
        "novelty": round(sampling.novelty(model.trained_on.anions), 4),
        "kept": round(kept / _SAMPLES, 4),
    }


def _card(facts: dict[str, Any]) -> str:
    text = _CARD.read_text(encoding="utf-8")
    values = {
        "NAME": facts["name"],
        "PARAMETERS": f"{facts['parameters']:,}",
        "ACIDS": f"{facts['acids']:,}",
        "ROWS": f"{facts['rows']:,}",
        "TOKENS": f"{facts['tokens']:,}",
        **{
            name.upper(): f"{100 * facts['measured'][name]:.1f} %"
            for name in ("validity", "uniqueness", "novelty", "kept")
        },
    }
    for name, value in values.items():
        text = text.replace(name, str(value))
    return text
