"""The peer's side of a paired run: transformers' Llama under its Trainer.

Same shape, weights, rows, targets, batch, precision and threads. Its settings are those that make
it quickest: fused AdamW, SDPA, no logging, evaluation or saving, no loader processes. It attends
across the documents of a row, without a mask, which is less work than keeping them apart.
"""

from __future__ import annotations

import tempfile
import time
from typing import Any

import torch
from torch.utils.data import Dataset
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from benchmarks.tertulia_leg import initial_weights, loop_settings, pretraining_of
from benchmarks.timed_leg import LegSpec, LegTimes, times_of
from tertulia.model.config import ModelConfig, to_hugging_face
from tertulia.train.pretrain import Pretraining


class _Rows(Dataset[dict[str, torch.Tensor]]):
    """The rows of the leg in memory, in the order in which tertulia reads them."""

    def __init__(self, pretraining: Pretraining) -> None:
        batches = [pretraining.batch(step) for step in range(pretraining.steps)]
        self._ids_RT = torch.cat([torch.from_numpy(batch.ids_BT) for batch in batches])
        self._targets_RT = torch.cat([torch.from_numpy(batch.targets_BT) for batch in batches])

    def __len__(self) -> int:
        return len(self._ids_RT)

    def __getitem__(self, row: int) -> dict[str, torch.Tensor]:
        # Targets that are shifted already: the loss is of the same tokens as tertulia's.
        targets_T = self._targets_RT[row]
        return {"input_ids": self._ids_RT[row], "labels": targets_T, "shift_labels": targets_T}


class Clock(TrainerCallback):
    """Notes when each step begins."""

    def __init__(self) -> None:
        self.begins: list[float] = []

    def on_step_begin(self, *arguments: Any, **keywords: Any) -> None:
        self.begins.append(time.perf_counter())


def train(spec: LegSpec) -> LegTimes:
    """Trains and times."""
    _, pretraining, clock, loss = trained(spec)
    return times_of(clock.begins, spec, pretraining.tokens_per_step, loss)


def trained(spec: LegSpec, **changes: Any) -> tuple[Any, Pretraining, Clock, float]:
    """The model, what it read, when each step began and the mean loss.

    `changes` are arguments of the Trainer that differ from those which only time it.
    """
    assert spec.optimizer == "adamw", "the Trainer's own optimiser"
    found, config, pretraining = pretraining_of(spec)
    torch.set_num_threads(spec.threads)
    rates = loop_settings(spec, found).rates
    model = _model(config)
    model.load_state_dict(initial_weights(spec, found, config))
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model=model,
            args=_arguments(spec, folder, pretraining, rates.learning_rate, changes),
            train_dataset=_Rows(pretraining),
            callbacks=[clock],
        )
        result = trainer.train()
    return model, pretraining, clock, float(result.training_loss)


def _model(config: ModelConfig) -> Any:
    llama = LlamaConfig(**to_hugging_face(config) | {"use_cache": False})
    return AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
        llama, attn_implementation="sdpa"
    )


def _arguments(
    spec: LegSpec,
    folder: str,
    pretraining: Pretraining,
    rate: float,
    changes: dict[str, Any],
) -> TrainingArguments:
    values: dict[str, Any] = {
        "output_dir": folder,
        "use_cpu": True,
        "bf16": spec.precision == "bfloat16",
        "torch_compile": spec.compile,
        "optim": "adamw_torch_fused",
        "learning_rate": rate,
        "max_grad_norm": 1.0,
        "per_device_train_batch_size": pretraining.batch_rows,
        "gradient_accumulation_steps": 1,
        "max_steps": pretraining.steps,
        "train_sampling_strategy": "sequential",
        "dataloader_num_workers": 0,
        "dataloader_drop_last": True,
        "dataloader_pin_memory": False,
        "remove_unused_columns": False,
        "logging_strategy": "no",
        "eval_strategy": "no",
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
    }
    return TrainingArguments(**values | changes)
