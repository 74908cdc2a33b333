"""On real measurements never seen: 90 % means 90 %, and "unknown" means worse."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tertulia.discover.properties.applicability import domain_of
from tertulia.discover.properties.gaussian_process import GaussianProcess
from tertulia.discover.properties.surrogates import SOLUBILITY, foretell, measurements

FREESOLV = Path(__file__).parents[4] / "shared/data/materials/moleculenet_ibm/freesolv"


def read(part: str) -> tuple[list[str], np.ndarray]:
    """Hydration free energies, kcal/mol."""
    with (FREESOLV / f"{part}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [row["smiles"] for row in rows], np.array([float(row["expt"]) for row in rows])


def test_intervals_cover_nine_tenths_at_every_size() -> None:
    """Mean over draws of shipped solubilities; a single small fit may well be off."""
    smiles, values = measurements(SOLUBILITY)
    for count, draws in ((20, 8), (60, 6), (310, 1)):
        inside = []
        for draw in range(draws):
            order = np.random.Generator(np.random.PCG64(draw)).permutation(len(smiles))
            train, test = order[:count], order[count : count + 120]
            model = GaussianProcess.fitted([smiles[at] for at in train], values[train])
            said = model.predict([smiles[at] for at in test])
            inside.append(((values[test] >= said.low) & (values[test] <= said.high)).mean())
        assert 0.85 <= np.mean(inside) <= 0.98, (count, np.mean(inside))


@pytest.mark.skipif(not FREESOLV.is_dir(), reason="the shared data is not beside the clone")
def test_hydration_energies_of_the_validation_file_are_covered_and_known_ones_are_better() -> None:
    smiles, values = read("train")
    asked, truth = read("valid")
    said = GaussianProcess.fitted(smiles, values).predict(asked)
    inside = (truth >= said.low) & (truth <= said.high)
    error = np.abs(truth - said.mean)
    assert 0.8 <= inside.mean() <= 0.98
    assert 0 < said.known.sum() < len(asked)
    assert error[said.known].mean() < error[~said.known].mean()


def test_an_ion_is_unknown_to_a_model_of_neutral_molecules() -> None:
    said = foretell(SOLUBILITY, ["Cc1ccc(S(=O)(=O)[O-])cc1", "CCCCO", "C[Si](C)(C)C"])
    assert said.reasons == ("charge", None, "element")
    assert said.known.tolist() == [False, True, False]


def test_a_stranger_is_unknown_for_being_unlike() -> None:
    domain = domain_of(["CCO", "CCCO", "CCCCO"], np.full(3, 0.6), np.full(3, 0.2))
    assert domain.reasons(["CCO"] * 3, np.array([0.7, 0.5, 0.7]), np.array([0.1, 0.1, 0.3])) == (
        None,
        "dissimilar",
        "variance",
    )


def test_the_bounds_leave_one_training_molecule_in_twenty_outside() -> None:
    likeness = np.linspace(0.0, 1.0, 101)
    domain = domain_of(["CCO"] * 101, likeness, likeness)
    assert domain.least_similarity == pytest.approx(0.05)
    assert domain.most_variance == pytest.approx(0.95)
