"""Losses and gradients are those of TRL's trainers on the same batch, adapters those of peft.

TRL's own `compute_loss` is called, on the same weights in transformers' Llama. Ours computes on
packed rows, theirs on padded ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.model.disk import load_model
from tertulia.model.transformer import Transformer
from tertulia.recipe.sources import ResolvedSource
from tertulia.tokenizer.tokenizer import Tokenizer, load_tokenizer
from tertulia.train.batch import Objective, on_device
from tertulia.train.conversations import InstructionTuning, read_conversations
from tertulia.train.data_order import DataOrder
from tertulia.train.forward import Forward
from tertulia.train.preference import PreferenceTuning, reference_log_probabilities
from tertulia.train.preference_data import PreferencePair, read_preferences
from tests.release.tiny_model import SENTENCES, write_trained_folder
from tests.train.shards import random_shard

CONTEXT, BETA = 192, 0.1
CLOSE = 1e-5
"""Relative, of losses in float32."""
WATCHED = (
    "model.embed_tokens.weight",
    "model.layers.0.self_attn.q_proj.weight",
    "model.layers.1.mlp.down_proj.weight",
    "model.norm.weight",
)
PAIRS = [
    (SENTENCES[0][:30], SENTENCES[1][:40], SENTENCES[2][:21]),
    (SENTENCES[3][:12], "Bai.", SENTENCES[4][:50]),
    (SENTENCES[5][:45], SENTENCES[6][:17], SENTENCES[7][:33]),
    (SENTENCES[8][:9], SENTENCES[9][:26], "Non."),
]

# transformers renamed what these versions of trl and peft still ask for.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is dep:FutureWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    trained = tmp_path_factory.mktemp("trl") / "model"
    write_trained_folder(trained)
    return trained


@pytest.fixture
def model(folder: Path) -> Transformer:
    return load_model(folder)


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return load_tokenizer(folder)


@pytest.fixture
def theirs(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def source(path: Path, rows: list[dict[str, Any]]) -> ResolvedSource:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return ResolvedSource(name="own", path=path)


@pytest.fixture
def pairs(tmp_path: Path, tokenizer: Tokenizer) -> list[PreferencePair]:
    rows = [{"prompt": p, "chosen": c, "rejected": r} for p, c, r in PAIRS]
    return read_preferences([source(tmp_path / "pairs.jsonl", rows)], tokenizer, CONTEXT).kept


def our_loss(model: Transformer, objective: Objective) -> float:
    """The loss of the first batch as the loop takes it, one row at a time; leaves gradients."""
    assert objective.steps == 1
    batch = objective.batch(0)
    assert len(batch) > 1
    forward, total = Forward(model, Machine(name="test")), 0.0
    for row in range(len(batch)):
        found = objective.loss(forward, on_device(batch.rows(slice(row, row + 1)), "cpu"))
        (found.total / objective.weight(batch)).backward()
        total += float(found.total.detach())
    return total / objective.weight(batch)


def agree(ours: float, model: Transformer, loss: torch.Tensor, theirs: Any) -> None:
    loss.backward()
    assert ours == pytest.approx(float(loss.detach()), rel=CLOSE)
    gradients = dict(theirs.named_parameters())
    for name, parameter in model.named_parameters():
        if name in WATCHED:
            expected = gradients[name].grad
            assert parameter.grad is not None and expected.abs().max() > 0
            difference = (parameter.grad - expected).norm() / expected.norm()
            assert difference < CLOSE, name


def arguments(kind: Callable[..., Any], folder: Path, **options: Any) -> Any:
    return kind(
        output_dir=str(folder),
        use_cpu=True,
        bf16=False,
        report_to="none",
        activation_checkpointing=False,
        **options,
    )


def padded(sequences: list[list[int]], value: int) -> torch.Tensor:
    longest = max(map(len, sequences))
    return torch.tensor([s + [value] * (longest - len(s)) for s in sequences])


def test_instruction_tuning_is_trl_s(
    tmp_path: Path, folder: Path, model: Transformer, tokenizer: Tokenizer, theirs: Any
) -> None:
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    conversations = [
        {
            "messages": [
                {"role": "user", "content": p},
                {"role": "assistant", "content": a},
                {"role": "user", "content": b},
                {"role": "assistant", "content": p},
            ]
        }
        for p, a, b in PAIRS
    ]
    found = read_conversations([source(tmp_path / "c.jsonl", conversations)], tokenizer, CONTEXT)
    replay = DataOrder(
        [random_shard("eu", 80, seed=0)], {"eu": 1.0}, context=CONTEXT, rows=4, seed=0
    )
    objective = InstructionTuning(
        found.kept, replay, batch_rows=8, replay_fraction=0.0, epochs=1, seed=0
    )
    ours = our_loss(model, objective)
    trainer = SFTTrainer(
        model=theirs,
        args=arguments(SFTConfig, tmp_path, assistant_only_loss=True, max_length=None),
        train_dataset=Dataset.from_list(conversations),
        processing_class=AutoTokenizer.from_pretrained(folder),
    )
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(len(conversations))])
    agree(ours, model, trainer.compute_loss(trainer.model, dict(batch)), theirs)


def test_dpo_is_trl_s(
    tmp_path: Path,
    folder: Path,
    model: Transformer,
    theirs: Any,
    pairs: list[PreferencePair],
) -> None:
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import DPOConfig, DPOTrainer

    reference = reference_log_probabilities(Forward(model, Machine(name="test")), pairs, CONTEXT)
    moved_alike(model, theirs)
    ours = our_loss(
        model,
        PreferenceTuning(
            pairs,
            context=CONTEXT,
            batch_rows=4,
            method="dpo",
            beta=BETA,
            epochs=1,
            seed=0,
            reference_N2=reference,
        ),
    )
    rows = [{"prompt": p, "chosen": c, "rejected": r} for p, c, r in PAIRS]
    trainer = DPOTrainer(
        model=theirs,
        ref_model=AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32),
        args=arguments(DPOConfig, tmp_path, beta=BETA, max_length=None, disable_dropout=True),
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(folder),
    )
    examples = [split(pair) for pair in pairs]
    agree(ours, model, trainer.compute_loss(trainer.model, trainer.data_collator(examples)), theirs)


def test_orpo_is_trl_s(
    tmp_path: Path,
    folder: Path,
    model: Transformer,
    theirs: Any,
    pairs: list[PreferencePair],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from datasets import Dataset
    from transformers import AutoTokenizer

    monkeypatch.setenv("TRL_EXPERIMENTAL_SILENCE", "1")
    from trl.experimental.orpo import ORPOConfig, ORPOTrainer

    ours = our_loss(
        model,
        PreferenceTuning(
            pairs, context=CONTEXT, batch_rows=4, method="orpo", beta=BETA, epochs=1, seed=0
        ),
    )
    rows = [{"prompt": p, "chosen": c, "rejected": r} for p, c, r in PAIRS]
    trainer = ORPOTrainer(
        model=theirs,
        args=arguments(ORPOConfig, tmp_path, beta=BETA, max_length=CONTEXT),
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(folder),
    )
    batch = {}
    for side in ("chosen", "rejected"):
        answers = [getattr(pair, side) for pair in pairs]
        ids = [answer.ids.tolist() for answer in answers]
        labels = [np.where(a.answered != 0, a.ids, -100).tolist() for a in answers]
        batch[f"{side}_input_ids"] = padded(ids, 0)
        batch[f"{side}_attention_mask"] = padded([[1] * len(i) for i in ids], 0)
        batch[f"{side}_labels"] = padded(labels, -100)
    agree(ours, model, trainer.compute_loss(trainer.model, batch), theirs)


def split(pair: PreferencePair) -> dict[str, list[int]]:
    """A pair as TRL's collator takes it."""
    prompt = int(np.flatnonzero(pair.chosen.answered)[0])
    assert pair.chosen.answered[prompt:].all() and pair.rejected.answered[prompt:].all()
    return {
        "prompt_ids": pair.chosen.ids[:prompt].tolist(),
        "chosen_ids": pair.chosen.ids[prompt:].tolist(),
        "rejected_ids": pair.rejected.ids[prompt:].tolist(),
    }


def moved_alike(model: Transformer, theirs: Any) -> None:
    """Moves both models off the reference by the same steps: at zero distance DPO says little."""
    other = dict(theirs.named_parameters())
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            step = torch.randn(parameter.shape, generator=generator) * 0.02
            parameter += step
            other[name] += step


def test_an_adapter_is_peft_s(
    tmp_path: Path, folder: Path, model: Transformer, theirs: Any
) -> None:
    import peft

    from tertulia.model.lora import LoraLinear, merge, save_adapter
    from tertulia.recipe.lora_spec import LoraSpec
    from tertulia.train.lora import adapt

    ids = torch.arange(64, 124).reshape(2, 30)
    adapt(model, LoraSpec(rank=4, alpha=12.0), seed=3)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, LoraLinear):
                module.lora_B.weight.normal_(std=0.1, generator=generator)
        before = theirs(ids).logits
        adapted = model(ids)
    save_adapter(model, tmp_path / "adapter", base=str(folder))
    loaded = peft.PeftModel.from_pretrained(theirs, tmp_path / "adapter")
    with torch.no_grad():
        expected = loaded(ids).logits
        merged = merge(model)(ids)
    assert (expected - before).abs().max() > 0.1
    torch.testing.assert_close(adapted, expected, rtol=0, atol=1e-4)
    torch.testing.assert_close(merged, expected, rtol=0, atol=1e-4)
