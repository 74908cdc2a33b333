"""Partners come together; one pass, two passes and any split of the rows are the same loss."""

from __future__ import annotations

import gettext
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tertulia.messages
from tertulia.compute.machine import Machine
from tertulia.compute.world import World
from tertulia.errors import DataError, TrainingError
from tertulia.model.config import config_from_spec
from tertulia.model.transformer import Transformer
from tertulia.recipe.schema import ModelSpec
from tertulia.tokenizer.special import BOS, EOS
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe
from tertulia.train.batch import on_device
from tertulia.train.contrastive import ContrastiveTuning, SentencePair
from tertulia.train.forward import Forward
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.numerics import empty_model
from tertulia.train.optimizer import Rates
from tertulia.train.sentence_vectors import embed

CONTEXT, MACHINE = 64, Machine(name="test")


def made_model(vocabulary: int = 512, context: int = CONTEXT) -> Transformer:
    config = config_from_spec(ModelSpec(size="1m", context=context), vocabulary)
    model = empty_model(config, MACHINE)
    initialise(model, 0)
    return model


def made_pairs(count: int) -> list[SentencePair]:
    generator = np.random.default_rng(0)

    def sentence() -> Any:
        return generator.integers(64, 512, size=generator.integers(2, 14))

    return [(sentence(), sentence()) for _ in range(count)]


def tuning(pairs: list[SentencePair], **options: Any) -> ContrastiveTuning:
    settings = {"context": CONTEXT, "batch_rows": 8, "epochs": 1, "seed": 0}
    return ContrastiveTuning(pairs, **(settings | options))


def teacher(count: int, width: int = 6) -> Any:
    drawn = np.random.default_rng(1).normal(size=(count, 2, width)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)


def loss_and_gradients(
    objective: ContrastiveTuning, rows_at_once: int
) -> tuple[float, list[torch.Tensor]]:
    model, batch, total = made_model(), objective.batch(0), 0.0
    forward = Forward(model, MACHINE)
    for first in range(0, len(batch), rows_at_once):
        part = on_device(batch.rows(slice(first, first + rows_at_once)), "cpu")
        found = objective.loss(forward, part)
        (found.total / objective.weight(batch)).backward()
        total += float(found.total.detach())
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    return total / objective.weight(batch), gradients


@pytest.mark.parametrize("taught", [False, True])
def test_two_passes_are_one(taught: bool) -> None:
    pairs = made_pairs(14)
    options = {"teacher_N2E": teacher(14), "teacher_share": 0.3} if taught else {}
    assert tuning(pairs, **options).steps == 1
    whole, gradients = loss_and_gradients(tuning(pairs, **options), 8)
    for rows_at_once in (1, 3):
        loss, found = loss_and_gradients(tuning(pairs, **options), rows_at_once)
        assert loss == pytest.approx(whole, rel=1e-6)
        torch.testing.assert_close(found, gradients, rtol=1e-4, atol=1e-6)


def test_it_is_symmetric_infonce_over_all_pairs() -> None:
    pairs = made_pairs(10)
    vectors = [embed(made_model(), [pair[side] for pair in pairs]) for side in (0, 1)]
    scores, own = vectors[0] @ vectors[1].t() / 0.05, torch.arange(10)
    expected = (F.cross_entropy(scores, own) + F.cross_entropy(scores.t(), own)) / 2
    assert loss_and_gradients(tuning(pairs), 8)[0] == pytest.approx(float(expected), rel=1e-5)


def test_pairs_of_one_topic_are_told_apart_together() -> None:
    pairs = made_pairs(60)
    topics = [index % 3 for index in range(60)]
    objective = tuning(pairs, batch_rows=1, groups=topics)
    for step in range(objective.steps):
        [row] = objective.pairs_of(step)
        assert len({topics[pair] for pair in row}) == 1


def test_where_the_teacher_s_vector_is_zero_nothing_is_drawn_to_it() -> None:
    pairs = made_pairs(6)
    silent = np.zeros((6, 2, made_model().config.width), dtype=np.float32)
    drawn = tuning(pairs, teacher_N2E=silent, teacher_share=0.0, teacher_pull=2.0)
    _, expected = loss_and_gradients(tuning(pairs), 8)
    torch.testing.assert_close(loss_and_gradients(drawn, 8)[1], expected, rtol=1e-5, atol=1e-7)


def test_a_teacher_whose_vectors_are_the_student_s_is_satisfied() -> None:
    """The loss cannot be less than the teacher's own entropy, and reaches it."""
    pairs = made_pairs(10)
    vectors = torch.stack([embed(made_model(), [p[s] for p in pairs]) for s in (0, 1)], dim=1)
    objective = tuning(pairs, teacher_N2E=vectors.numpy(), teacher_share=1.0)
    scores = vectors[:, 0] @ vectors[:, 1].t() / 0.05
    entropy = sum(
        float(torch.distributions.Categorical(logits=s).entropy().mean())
        for s in (scores, scores.t())
    )
    loss, gradients = loss_and_gradients(objective, 8)
    assert loss == pytest.approx(entropy / 2, rel=1e-4)
    assert math.sqrt(sum(float(g.square().sum()) for g in gradients)) < 1e-4


def test_a_sentence_s_vector_is_its_own_whatever_shares_the_row() -> None:
    sentences = [list(first) for first, _ in made_pairs(40)]
    model = made_model()
    together = embed(model, sentences)
    alone = torch.cat([embed(model, [sentence]) for sentence in sentences])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-5)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(40))
    with torch.no_grad():
        mean = model.hidden(torch.tensor([sentences[3]])).mean(1)
    torch.testing.assert_close(F.normalize(mean, dim=-1)[0], together[3], rtol=0, atol=1e-5)


def test_of_a_long_sentence_the_beginning_counts() -> None:
    model, long = made_model(), list(range(64, 64 + CONTEXT + 9))
    assert torch.equal(embed(model, [long]), embed(model, [long[:CONTEXT]]))
    assert embed(model, []).shape == (0, model.config.width)


def test_a_pair_that_fits_no_row_is_named() -> None:
    pairs = [*made_pairs(3), (np.arange(64, 100), np.arange(64, 100))]
    with pytest.raises(DataError, match="72 tokens") as caught:
        tuning(pairs)
    assert caught.value.where == "pair 4"


def translations(first: str, second: str) -> list[tuple[str, str]]:
    """Sentences of the project's own messages in two languages."""
    folder = Path(tertulia.messages.__file__).parent
    texts = []
    for language in (first, second):
        (path,) = folder.glob(f"**/{language}/LC_MESSAGES/*.mo")
        with path.open("rb") as file:
            texts.append(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    keys = [k for k in texts[0] if isinstance(k, str) and len(k) > 12 and k in texts[1]]
    return [(texts[0][k], texts[1][k]) for k in sorted(keys) if texts[0][k] != texts[1][k]]


def test_it_learns_to_match_translations(tmp_path: Path) -> None:
    """Basque and Spanish share few words; by chance one sentence in a hundred finds its partner."""
    texts = translations("eu", "es")
    tokenizer = Tokenizer(train_bpe([text for pair in texts for text in pair], 1024))
    pairs = [
        tuple(np.array([BOS, *tokenizer.encode(text), EOS]) for text in pair) for pair in texts
    ]
    pairs = [pair for pair in pairs if sum(map(len, pair)) <= 128][:300]
    assert len(pairs) >= 200
    model = made_model(tokenizer.vocabulary, 128)

    def matched() -> float:
        first, second = (embed(model, [pair[side] for pair in pairs]) for side in (0, 1))
        nearest = (first @ second.t()).argmax(1)
        return float((nearest == torch.arange(len(pairs))).float().mean())

    before = matched()
    rates = Rates(
        optimizer="muon", learning_rate=0.02, embedding_learning_rate=0.01, weight_decay=0.1
    )
    settings = LoopSettings(rates=rates, warmup_fraction=0.1, decay_fraction=0.5)
    objective = tuning(pairs, context=128, batch_rows=16, epochs=8)  # type: ignore[arg-type]
    Loop(model, objective, settings, MACHINE, tmp_path).run("test")
    assert before < 0.5 and matched() > 0.9


def test_more_processes_than_rows_are_refused_and_do_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(rank=0, size=3, local_rank=0, local_size=3, nodes=1)
    monkeypatch.setattr("tertulia.train.contrastive.current_world", lambda: world)
    pair = ([5, 6], [7, 8])
    with pytest.raises(TrainingError, match="fewer than 3 processes") as caught:
        ContrastiveTuning([pair], context=16, batch_rows=2, epochs=1, seed=0)
    assert caught.value.code == "train.batch-does-not-divide"
