"""Where the weights were fitted for an embedder its products count; else words alone do."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.serve.answers.abstain import AbstentionJudge
from tertulia.serve.answers.evidence import (
    ABSTAIN_NAMES,
    ABSTAIN_VECTOR_NAMES,
    SentenceRanker,
)
from tertulia.serve.answers.logistic import LogisticModel
from tertulia.serve.answers.passage import Passage, read_passage
from tertulia.serve.answers.sentence_features import NAMES, VECTOR_NAMES
from tertulia.serve.answers.support import SupportJudge
from tertulia.serve.answers.support_features import NAMES as SUPPORT_NAMES
from tertulia.serve.answers.support_features import VECTOR_NAMES as SUPPORT_VECTOR_NAMES
from tertulia.serve.database.records import Hit
from tertulia.serve.knowledge.document import Chunk
from tertulia.serve.retrieval.candidates import Question
from tests.serve.hashed_embedder import HashedEmbedder

TEXT = "La sala abre a las nueve. El préstamo dura quince días."
HIT = Hit(
    chunk_id=1,
    collection="c",
    document="d",
    document_name="d.txt",
    title="Sala",
    chunk=Chunk(ordinal=0, start=0, end=len(TEXT), text=TEXT, language="es"),
    score=0.5,
)
QUESTION = Question(text="préstamo quince días", language="es")
NEVER = LogisticModel(ABSTAIN_NAMES, (0.0,) * len(ABSTAIN_NAMES), 0.0, 1.01)


def _only(names: tuple[str, ...], more: tuple[str, ...], threshold: float = 0.5) -> LogisticModel:
    """A model in which the first product decides and nothing else."""
    weights = (*[0.0] * len(names), 10.0, *[0.0] * (len(more) - 1))
    return LogisticModel((*names, *more), weights, -3.0, threshold, HashedEmbedder.name)


def test_sentences_are_ranked_by_products() -> None:
    ranker = SentenceRanker(HashedEmbedder(), _only(NAMES, VECTOR_NAMES))
    evidence = ranker.evidence(QUESTION, [HIT])
    span = evidence.ranked[0].sentence.span
    assert TEXT[span.start : span.end] == "El préstamo dura quince días."
    assert evidence.ranked[0].probability > evidence.ranked[1].probability


def test_products_decide_whether_to_answer() -> None:
    embedder = HashedEmbedder()
    judge = AbstentionJudge(embedder, _only(ABSTAIN_NAMES, ABSTAIN_VECTOR_NAMES), NEVER)
    evidence = SentenceRanker().evidence(QUESTION, [HIT])
    vector = embedder.embed_queries([QUESTION.text])[0]
    product = float(embedder.embed_passages([TEXT])[0] @ vector)
    decision = judge.decide(evidence)
    assert decision.probability == pytest.approx(1 / (1 + np.exp(3 - 10 * product)), abs=1e-6)
    assert decision.answer is (decision.probability >= 0.5)


def test_across_languages_other_weights_decide() -> None:
    judge = AbstentionJudge(
        HashedEmbedder(), _only(ABSTAIN_NAMES, ABSTAIN_VECTOR_NAMES, threshold=0.0), NEVER
    )
    assert judge.decide(SentenceRanker().evidence(QUESTION, [HIT])).answer
    asked = Question(text="préstamo quince días", language="eu")
    assert not judge.decide(SentenceRanker().evidence(asked, [HIT])).answer


def test_what_all_but_surely_says_it_is_stated() -> None:
    read = read_passage(Passage(TEXT, "es"))
    model = _only(SUPPORT_NAMES, SUPPORT_VECTOR_NAMES)
    judge = SupportJudge(HashedEmbedder(), model)
    found = judge.judge("Quince días dura el préstamo.", read, "es")
    assert found.stated
    assert found.quote is not None
    assert TEXT[found.quote.start : found.quote.end] == "El préstamo dura quince días."


def test_an_embedder_without_weights_leaves_words_alone() -> None:
    by_words = SentenceRanker().evidence(QUESTION, [HIT])
    assert SentenceRanker(HashedEmbedder()).evidence(QUESTION, [HIT]) == by_words


def test_nothing_found_is_not_answered() -> None:
    evidence = SentenceRanker().evidence(QUESTION, [])
    assert not AbstentionJudge().decide(evidence).answer
