"""The payload of a training stage: a model folder that opens by itself, and what made it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tertulia.model.config import TokenIds
from tertulia.model.disk import save_model
from tertulia.model.transformer import Transformer
from tertulia.store.draft import Draft
from tertulia.tokenizer.tokenizer import FILES, load_tokenizer
from tertulia.train.data_order import DataOrder
from tertulia.train.loop import TrainingSummary
from tertulia.train.optimizer import Rates


def write_model_artifact(
    out: Draft,
    model: Transformer,
    tokenizer_folder: Path,
    summary: TrainingSummary,
    rates: Rates,
    languages: Sequence[str],
) -> None:
    """Writes the model, its tokenizer, the loss curve and the rates it was trained with."""
    facts: dict[str, Any] = {"languages": list(languages), "rates": asdict(rates)}
    special = load_tokenizer(tokenizer_folder).special
    tokens = TokenIds(bos=special.start, eos=special.stops, pad=special.pad)
    save_model(model, out.path, facts, tokens)
    for name in FILES:
        # An imported tokenizer may have no chat template.
        if (tokenizer_folder / name).is_file():
            shutil.copyfile(tokenizer_folder / name, out.path / name)
    with (out.path / "training_log.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in summary.log)
    out.counts |= {
        "parameters": model.config.parameters,
        "tokens": summary.tokens,
        "steps": summary.steps,
        "skipped_steps": summary.skipped_steps,
    }
    out.facts |= {
        "final_loss": summary.final_loss,
        "seconds_of_last_attempt": summary.seconds,
        "tokens_resumed_at": summary.resumed_at,
    }


def write_seen(path: Path, order: DataOrder) -> None:
    """Which token runs training read: columns language, offset, length, into the token shards."""
    languages: list[str] = []
    offsets: list[int] = []
    lengths: list[int] = []
    for index, shard in enumerate(order.shards):
        begin, length = order.seen(index)
        languages += [shard.language] * len(begin)
        offsets += begin.tolist()
        lengths += length.tolist()
    table = pa.table({"language": languages, "offset": offsets, "length": lengths})
    pq.write_table(table, path, compression="zstd")


def write_origins(path: Path, origins: Counter[tuple[str, str]]) -> None:
    """Where conversations came from and on what terms, for the card and the notice."""
    rows = [
        {"source": source, "licence": licence, "conversations": count}
        for (source, licence), count in sorted(origins.items())
    ]
    path.write_text(json.dumps({"schema": 1, "sources": rows}, indent=1) + "\n", encoding="utf-8")


def read_rates(folder: Path) -> Rates:
    """The rates that a pretrain artifact was made with."""
    facts = json.loads((folder / "tertulia.json").read_text(encoding="utf-8"))
    return Rates(**facts["rates"])
