"""The weights that are shipped are those that were fitted, and damaged ones are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from tertulia.errors import ServeError
from tertulia.serve import shipped_weights
from tertulia.serve.answers import logistic
from tertulia.serve.answers.evidence import ABSTAIN_NAMES, SENTENCE_MODEL
from tertulia.serve.answers.logistic import LogisticModel, shipped_model
from tertulia.serve.answers.sentence_features import NAMES
from tertulia.serve.answers.support import MODEL
from tertulia.serve.answers.support_features import NAMES as SUPPORT_NAMES
from tertulia.serve.answers.support_features import SIGNS


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    text = resources.files("tertulia.shipped").joinpath("answers/models.json").read_text()
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/models.json").write_text(text)
    monkeypatch.setattr(shipped_weights.resources, "files", lambda _: tmp_path)
    logistic._shipped.cache_clear()
    yield tmp_path / "answers/models.json"
    logistic._shipped.cache_clear()


def test_no_weight_speaks_for_what_speaks_against(shipped: Path) -> None:
    model = shipped_model(MODEL, SUPPORT_NAMES, None)
    assert any(model.weights)
    assert all(w * sign >= 0 for w, sign in zip(model.weights, SIGNS, strict=False))


def test_weights_for_other_vectors_are_not_taken(shipped: Path) -> None:
    assert shipped_model(SENTENCE_MODEL, NAMES, "somebody's embedder").embedder is None


@pytest.mark.parametrize("damage", ["{", "{}", '{"weights": {}, "sha256": "0"}'])
def test_damaged_weights_are_told(shipped: Path, damage: str) -> None:
    shipped.write_text(damage)
    with pytest.raises(ServeError) as caught:
        shipped_model("abstain", ABSTAIN_NAMES, None)
    assert caught.value.code == "serve.weights-damaged"


def test_a_changed_weight_is_told(shipped: Path) -> None:
    data = json.loads(shipped.read_text())
    data["weights"]["abstain"][0]["threshold"] = 0.0
    shipped.write_text(json.dumps(data))
    with pytest.raises(ServeError, match="damaged"):
        shipped_model("abstain", ABSTAIN_NAMES, None)


def test_a_probability_is_of_the_weighted_features() -> None:
    model = LogisticModel(("a", "b"), (1.0, -1.0), 0.0, 0.5)
    assert model.probability([2.0, 2.0]) == pytest.approx(0.5)
    assert model.probability([3.0, 0.0]) > 0.9
