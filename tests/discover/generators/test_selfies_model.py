"""The language model of acids: valid, new, the same again, and drawn to what it is tuned on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from tertulia.discover.generators.selfies_files import load_selfies_model
from tertulia.discover.generators.selfies_model import MAX_HEAVY_ATOMS, SelfiesModel
from tertulia.discover.generators.selfies_sampling import MOST_WORDS, Sampling, read_texts
from tertulia.discover.molecules.acid import acid_of
from tertulia.errors import DataError, ModelError
from tertulia.recipe.shipped import shipped_folder

ELITE = (
    "N#CC(C#N)S(=O)(=O)c1ccc(C#N)cc1",
    "N#CC(C#N)S(=O)(=O)c1ccc(Cl)cc1",
    "N#CC(C#N)S(=O)(=O)c1cccc(C#N)c1",
    "N#CC(C#N)S(=O)(=O)c1cc(C#N)cc(C#N)c1",
    "N#CC(C#N)S(=O)(=O)c1ccc(S(C)(=O)=O)cc1",
    "N#CC(C#N)S(=O)(=O)c1ccc(C(C)=O)cc1",
    "N#CC(C#N)S(=O)(=O)c1cc(F)cc(C#N)c1",
    "N#CC(C#N)S(=O)(=O)c1cccs1",
)


@pytest.fixture(scope="module")
def model() -> SelfiesModel:
    return SelfiesModel.shipped()


@pytest.fixture(scope="module")
def sampling(model: SelfiesModel) -> Sampling:
    return model.sample(200, seed=1)


def test_nearly_all_it_writes_are_acids_and_most_are_new(
    model: SelfiesModel, sampling: Sampling
) -> None:
    measured = json.loads(shipped_folder("selfies_model", "selfies_model.json").read_text("utf-8"))
    known = model.trained_on.anions
    # Five standard errors of a share of 200 about what was measured of 1,000.
    for share, name in (
        (sampling.validity, "validity"),
        (sampling.uniqueness, "uniqueness"),
        (sampling.novelty(known), "novelty"),
    ):
        expected = measured["measured"][name]
        assert share >= expected - 5 * (max(expected * (1 - expected), 0.01) / 200) ** 0.5
    assert sampling.failures.total() + len(sampling.valid) == 200


def test_the_same_seed_writes_the_same_texts(model: SelfiesModel) -> None:
    first = model.sample(20, seed=5)
    assert model.sample(20, seed=5).texts == first.texts
    assert model.sample(20, seed=6).texts != first.texts


def test_texts_that_are_no_acids_say_why() -> None:
    found = read_texts(["C C", "C house", "", "C S dBranchA C dO dBranchA C dO O"])
    assert [one if isinstance(one, str) else one.family for one in found.acids] == [
        "not-an-acid",
        "no-molecule",
        "no-molecule",
        "sulfonic",
    ]
    assert (found.validity, found.uniqueness) == (0.25, 1.0)
    assert found.novelty(frozenset({"CS(=O)(=O)[O-]"})) == 0.0


def test_a_text_goes_on_from_its_beginning_and_ends(model: SelfiesModel) -> None:
    beginning = "C C dBranchA"
    sampling = model.sample(10, seed=2, beginnings=[beginning] * 10)
    assert all(text.startswith(beginning) for text in sampling.texts)
    assert len(set(sampling.texts)) > 5
    assert all(len(text.split()) <= MOST_WORDS for text in sampling.texts)


def test_proposals_are_acids_each_anion_once(model: SelfiesModel) -> None:
    proposals = model.propose(ELITE, 30, seed=4)
    anions = [acid_of(one.smiles).anion for one in proposals]
    assert len(proposals) == 30 == len(set(anions))
    assert not set(anions) & {acid_of(parent).anion for parent in ELITE}
    for one in proposals:
        molecule = Chem.MolFromSmiles(one.smiles)
        assert molecule.GetNumHeavyAtoms() <= MAX_HEAVY_ATOMS
        assert not molecule.HasSubstructMatch(Chem.MolFromSmarts("[#6X4](F)F"))
        assert one.generator == "selfies"
        assert bool(one.parents) == ("parent" in one.how)
    assert {one.parents for one in proposals} > {()}
    assert {parent for one in proposals for parent in one.parents} <= set(ELITE)
    assert model.propose(ELITE, 30, seed=4) == proposals


def test_what_is_not_proposed_is_counted(model: SelfiesModel) -> None:
    fresh = SelfiesModel(model.transformer, model.tokenizer, model.trained_on, max_heavy_atoms=5)
    assert fresh.propose((), 3, seed=0) == []
    assert fresh.dropped["too-large"] > 0
    assert fresh.dropped.total() == 3 * 8


def test_a_parent_that_is_no_acid_is_refused(model: SelfiesModel) -> None:
    with pytest.raises(DataError) as caught:
        model.propose(["CC"], 1, seed=0)
    assert caught.value.code == "discover.not-an-acid"


def test_tuning_draws_it_towards_the_elite_and_is_the_same_again(model: SelfiesModel) -> None:
    before = model.sample(150, seed=7)
    tuned = model.tuned(ELITE, seed=3)
    after = tuned.sample(150, seed=7)
    assert _likeness(after) > 1.3 * _likeness(before)
    # Of eight acids some are written again word for word; `propose` leaves those out.
    assert after.validity > 0.85 and after.uniqueness > 0.6
    again = model.tuned(ELITE, seed=3)
    for name, value in tuned.transformer.state_dict().items():
        assert torch.equal(value, again.transformer.state_dict()[name]), name
    # The model it began as has not moved.
    assert model.sample(20, seed=7).texts == SelfiesModel.shipped().sample(20, seed=7).texts
    proposals = tuned.propose((), 20, seed=0)
    assert {one.how for one in proposals} == {"from nothing, model tuned on 8 acids"}
    assert not {one.smiles for one in proposals} & {acid_of(one).smiles for one in ELITE}


def _likeness(sampling: Sampling) -> float:
    """Mean over the valid of the Tanimoto similarity to the nearest acid of the elite."""
    morgan = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    elite = [morgan.GetFingerprint(Chem.MolFromSmiles(one)) for one in ELITE]
    prints = [morgan.GetFingerprint(Chem.MolFromSmiles(one.smiles)) for one in sampling.valid]
    return float(np.mean([max(DataStructs.BulkTanimotoSimilarity(p, elite)) for p in prints]))


def test_tuning_on_nothing_changes_nothing(model: SelfiesModel) -> None:
    assert model.tuned((), seed=0).sample(10, seed=1).texts == model.sample(10, seed=1).texts


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_changed_file_is_named(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder("selfies_model"), folder)
    content = bytearray((folder / file).read_bytes())
    content[-3] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(ModelError, match=file) as caught:
        load_selfies_model(folder)
    assert caught.value.code == "discover.selfies-model-damaged"


def test_facts_of_another_shape_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder("selfies_model"), folder)
    for facts in ("[]", "{}", '{"sha256": []}', "no JSON"):
        (folder / "selfies_model.json").write_text(facts, encoding="utf-8")
        with pytest.raises(ModelError) as caught:
            load_selfies_model(folder)
        assert caught.value.code == "discover.selfies-model-damaged"
