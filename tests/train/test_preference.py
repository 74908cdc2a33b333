"""Pairs stay whole and apart, batches may be split anywhere, and the chosen answer wins."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tertulia.compute.machine import Machine
from tertulia.model.config import config_from_spec
from tertulia.model.transformer import Transformer
from tertulia.recipe.schema import ModelSpec
from tertulia.train.batch import on_device
from tertulia.train.forward import Forward
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.loss import IGNORED
from tertulia.train.numerics import empty_model
from tertulia.train.optimizer import Rates
from tertulia.train.preference import PreferenceTuning, reference_log_probabilities
from tertulia.train.preference_data import Answer, PreferencePair

CONTEXT, MACHINE = 64, Machine(name="test")


def made_pairs(count: int, seed: int = 0) -> list[PreferencePair]:
    """A prompt, then an answer of high tokens (chosen) or of low ones (rejected)."""
    generator = np.random.default_rng(seed)
    pairs = []
    for _ in range(count):
        prompt = [1, *generator.integers(64, 80, size=generator.integers(2, 9))]
        answers = []
        for low in (300, 200):
            words = generator.integers(low, low + 12, size=generator.integers(1, 8))
            spoken = [0] * len(prompt) + [1] * len(words)
            answers.append(Answer(ids=np.array([*prompt, *words]), answered=np.array(spoken)))
        pairs.append(PreferencePair(chosen=answers[0], rejected=answers[1]))
    return pairs


def made_model() -> Transformer:
    model = empty_model(config_from_spec(ModelSpec(size="1m", context=CONTEXT), 512), MACHINE)
    initialise(model, 0)
    return model


def tuning(pairs: list[PreferencePair], method: str, **options: Any) -> PreferenceTuning:
    if method == "dpo" and "reference_N2" not in options:
        model = Forward(made_model(), MACHINE)
        options["reference_N2"] = reference_log_probabilities(model, pairs, CONTEXT)
    settings = {"context": CONTEXT, "batch_rows": 4, "beta": 0.1, "epochs": 1, "seed": 0}
    return PreferenceTuning(pairs, method=method, **(settings | options))  # type: ignore[arg-type]


def test_a_pair_is_two_documents_of_one_row() -> None:
    pairs = made_pairs(9)
    objective = tuning(pairs, "dpo")
    batches = [objective.batch(step) for step in range(objective.steps)]
    assert sum(int(batch.extra["pairs_B"].sum()) for batch in batches) == 9
    for batch in batches:
        for b, count in enumerate(batch.extra["pairs_B"]):
            numbers = set(batch.documents_BT[b].tolist()) - {CONTEXT}
            assert numbers == set(range(2 * count))
            for k in range(count):
                first, second = (
                    batch.ids_BT[b][batch.documents_BT[b] == 2 * k + side].tolist()
                    for side in (0, 1)
                )
                shared = next(i for i, token in enumerate([*first, 0]) if token >= 200 or not token)
                assert first[:shared] == second[:shared]


def test_dpo_learns_from_answers_orpo_from_the_chosen_text_too() -> None:
    pairs = made_pairs(1)
    chosen, rejected = pairs[0].chosen, pairs[0].rejected
    for method, prompt in (("dpo", 0), ("orpo", len(chosen.ids) - 1 - int(chosen.answered.sum()))):
        batch = tuning(pairs, method).batch(0)
        counts = [
            int((batch.targets_BT[batch.documents_BT == side] != IGNORED).sum()) for side in (0, 1)
        ]
        assert counts == [int(chosen.answered.sum()) + prompt, int(rejected.answered.sum())]


def test_a_model_that_is_its_own_reference_has_the_loss_of_a_coin() -> None:
    objective = tuning(made_pairs(6), "dpo")
    batch = objective.batch(0)
    found = objective.loss(Forward(made_model(), MACHINE), on_device(batch, "cpu"))
    assert float(found.total.detach()) / objective.weight(batch) == pytest.approx(math.log(2))


@pytest.mark.parametrize("method", ["dpo", "orpo"])
def test_a_batch_may_be_split_into_any_rows(method: str) -> None:
    """Packed and split rows give what each pair gives alone, gradients included."""
    pairs = made_pairs(11)
    reference = np.linspace(-30, -10, 22, dtype=np.float32).reshape(11, 2)
    options = {"reference_N2": reference} if method == "dpo" else {}
    found = []
    for rows_at_once in (1, 3, 40):
        model = made_model()
        objective = tuning(pairs, method, batch_rows=8, **options)
        assert objective.steps == 1
        batch, total = objective.batch(0), 0.0
        assert 0 in batch.extra["pairs_B"] and max(batch.extra["pairs_B"]) > 1
        for first in range(0, len(batch), rows_at_once):
            rows = batch.rows(slice(first, first + rows_at_once))
            part = objective.loss(Forward(model, MACHINE), on_device(rows, "cpu"))
            (part.total / objective.weight(batch)).backward()
            total += float(part.total.detach())
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        assert all(torch.isfinite(g).all() for g in gradients)
        found.append((total / objective.weight(batch), gradients))
    for loss, gradients in found[1:]:
        assert loss == pytest.approx(found[0][0], rel=1e-6)
        torch.testing.assert_close(gradients, found[0][1], rtol=1e-4, atol=1e-6)


def test_the_reference_is_each_answer_s_own_log_probability() -> None:
    pairs, model = made_pairs(7), made_model()
    found = reference_log_probabilities(Forward(model, MACHINE), pairs, CONTEXT)
    for row, pair in zip(found, pairs, strict=True):
        for value, answer in zip(row, (pair.chosen, pair.rejected), strict=True):
            ids = torch.from_numpy(answer.ids)[None]
            with torch.no_grad():
                table = F.log_softmax(model(ids[:, :-1])[0], dim=-1)
            each = table.gather(1, ids[0, 1:, None])[:, 0]
            assert value == pytest.approx(float(each[answer.answered[1:] != 0].sum()), rel=1e-5)


@pytest.mark.parametrize("method", ["dpo", "orpo"])
def test_the_chosen_answer_becomes_the_likelier_on_pairs_never_seen(
    tmp_path: Path, method: str
) -> None:
    unseen, model = made_pairs(60, seed=1), made_model()
    objective = tuning(made_pairs(60), method, epochs=6)
    rates = Rates(
        optimizer="muon", learning_rate=0.01, embedding_learning_rate=0.01, weight_decay=0.0
    )
    settings = LoopSettings(rates=rates, warmup_fraction=0.1, decay_fraction=0.5)

    def preferred() -> float:
        """Share of pairs whose chosen answer is the likelier by token."""
        tokens = [[p.chosen.answered.sum(), p.rejected.answered.sum()] for p in unseen]
        sums = reference_log_probabilities(Forward(model, MACHINE), unseen, CONTEXT)
        means = sums / np.array(tokens)
        return float((means[:, 0] > means[:, 1]).mean())

    before = preferred()
    summary = Loop(model, objective, settings, MACHINE, tmp_path).run("test")
    assert summary.final_loss < summary.log[0]["loss"]
    assert before < 0.8 and preferred() > 0.95
