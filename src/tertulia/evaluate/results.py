"""`results.json`: every figure that the report shows, and what programs read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.evaluate.splits import SPLITS, Split
from tertulia.recipe.stages import EvaluateStage
from tertulia.train.unaligned import is_unaligned

if TYPE_CHECKING:
    from tertulia.evaluate.measure import LanguageMeasure
    from tertulia.evaluate.samples import Sample

MODELS = {"base": "pretrain", "instruct": "align"}
"""Name of a model in the results -> the stage that made it."""

_LOSS_POINTS = 240

Key = tuple[Split, str]
"""Split and language."""


@dataclass(frozen=True)
class Folders:
    """Payload folders of the stages that this one reads."""

    corpus: Path
    tokenizer: Path
    tokens: Path
    pretrain: Path
    align: Path


def models_of(folders: Folders) -> dict[str, str]:
    """The entries of `MODELS` that this run has: the base alone where nothing was aligned."""
    if is_unaligned(folders.align):
        return {"base": MODELS["base"]}
    return MODELS


def assemble_results(
    spec: EvaluateStage,
    folders: Folders,
    measures: Mapping[Key, LanguageMeasure],
    baselines: dict[str, Any],
    samples: Sequence[Sample],
    *,
    version: int,
) -> dict[str, Any]:
    """Everything that the report shows, as `results.json` holds it."""
    splits: dict[str, dict[str, Any]] = {split: {} for split in SPLITS}
    for (split, language), measure in measures.items():
        splits[split][language] = measure.as_row(
            list(models_of(folders)),
            list(baselines),
            samples=spec.evaluate.bootstrap_samples,
            seed=spec.seed,
        )
    config = _read_json(folders.pretrain / "config.json")
    logs = {stage: _loss_log(getattr(folders, stage)) for stage in models_of(folders).values()}
    return {
        "schema": 1,
        "model": _model_facts(folders.pretrain, config),
        "languages": list(spec.languages),
        "splits": splits,
        "baselines": baselines,
        "samples": [sample.as_dict() for sample in samples],
        "training": {
            "tokens_seen": int(logs["pretrain"][-1][0]) if logs["pretrain"] else 0,
            "loss": {stage: _thinned(points) for stage, points in logs.items()},
        },
        "tokenizer": _read_json(folders.tokenizer / "measure.json"),
        "corpus": {
            "mixture": _read_json(folders.corpus / "mixture.json"),
            "ledger": _read_json(folders.corpus / "ledger.json"),
        },
        "settings": {
            "seed": spec.seed,
            "context": training_context(folders.pretrain),
            "bootstrap_samples": spec.evaluate.bootstrap_samples,
            "max_bytes_per_language": spec.evaluate.max_bytes_per_language,
            "versions": _versions(version),
        },
    }


def training_context(pretrain: Path) -> int:
    """Tokens of a training sequence, which is what texts are scored in windows of."""
    path = pretrain / "order.json"
    if path.is_file():
        return int(_read_json(path)["context"])
    return int(_read_json(pretrain / "config.json")["max_position_embeddings"])


def _loss_log(folder: Path) -> list[tuple[float, float]]:
    """(tokens, loss) of each row of a model's training log; empty where it has none."""
    path = folder / "training_log.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [(row["tokens"], row["loss"]) for row in rows if _is_figure(row.get("loss"))]


def _is_figure(loss: float | None) -> bool:
    """A skipped step may have a loss that is no number."""
    return loss is not None and math.isfinite(loss)


def _model_facts(folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    from tertulia.model.config import from_hugging_face

    return {
        "name": _read_json(folder / "tertulia.json").get("name", "tertulia"),
        "parameters": from_hugging_face(dict(config)).parameters,
    }


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    from tertulia.evaluate.charts import thin_curve

    return [(x, round(y, 4)) for x, y in thin_curve(points, _LOSS_POINTS)]


def _versions(stage: int) -> dict[str, str]:
    """Only what is part of the key already; the manifest has the rest."""
    import torch

    return {"tertulia.evaluate": str(stage), "torch": str(torch.__version__)}


def _read_json(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values
