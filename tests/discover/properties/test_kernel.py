"""What the covariance is made of: counts, descriptors, media."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tertulia.discover.properties.descriptors import (
    CLIP,
    Scaling,
    descriptor_names,
    descriptor_rows,
)
from tertulia.discover.properties.fingerprints import Thermometer, count_fingerprint
from tertulia.discover.properties.kernel import (
    Encoder,
    Hyperparameters,
    closeness,
    matern,
    mean_square_distances,
    tanimoto,
)
from tertulia.discover.properties.marginal_likelihood import _loss
from tertulia.errors import DataError

SMILES = ("CCO", "CCCO", "c1ccccc1O", "Cc1ccc(S(=O)(=O)O)cc1", "CC(=O)O", "C#N")


def minmax(left: str, right: str) -> float:
    """By its definition, count by count."""
    one, other = dict(count_fingerprint(left)), dict(count_fingerprint(right))
    keys = one.keys() | other.keys()
    smaller = sum(min(one.get(key, 0), other.get(key, 0)) for key in keys)
    return smaller / sum(max(one.get(key, 0), other.get(key, 0)) for key in keys)


def test_similarity_is_the_smaller_counts_over_the_larger() -> None:
    encoded = Thermometer(SMILES).encode(SMILES)
    found = tanimoto(encoded, encoded)
    wanted = [[minmax(left, right) for right in SMILES] for left in SMILES]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_counts_matter_not_only_presence() -> None:
    encoded = Thermometer(["CCCCCC", "CCCCCCCCCC"]).encode(["CCCCCC", "CCCCCCCCCC"])
    assert 0.4 < tanimoto(encoded, encoded)[0, 1] < 0.8


def test_what_the_columns_never_saw_still_lowers_similarity() -> None:
    columns = Thermometer(SMILES)
    strangers = ("CC(C)(C)[N+](=O)[O-]", "FC(F)(F)c1ccccc1", "CCO")
    found = tanimoto(columns.encode(strangers), columns.encode(SMILES))
    wanted = [[minmax(left, right) for right in SMILES] for left in strangers]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_similarity_does_not_depend_on_which_side_is_longer() -> None:
    columns = Thermometer(SMILES)
    few, many = columns.encode(SMILES[:2]), columns.encode(SMILES)
    np.testing.assert_array_equal(tanimoto(few, many), tanimoto(many, few).T)


def test_a_text_that_is_no_molecule_is_refused_by_name() -> None:
    with pytest.raises(DataError) as caught:
        count_fingerprint("not a molecule")
    assert caught.value.code == "discover.smiles-unreadable"


def test_descriptors_that_say_nothing_are_dropped_with_a_reason() -> None:
    scaling = Scaling.fitted(descriptor_rows(SMILES))
    assert "NumRadicalElectrons" in scaling.dropped["constant"]
    together = [*scaling.kept, *(name for names in scaling.dropped.values() for name in names)]
    assert sorted(together) == sorted(descriptor_names())


def test_a_descriptor_without_a_value_in_training_is_dropped() -> None:
    rows = descriptor_rows(SMILES)
    column = descriptor_names().index("MaxPartialCharge")
    rows[2, column] = np.nan
    assert Scaling.fitted(rows).dropped["no-value"] == ("MaxPartialCharge",)


def test_a_value_that_is_missing_later_stands_at_the_centre_and_far_ones_are_clipped() -> None:
    rows = descriptor_rows(SMILES)
    scaling = Scaling.fitted(rows)
    wild = rows[:1].copy()
    wild[0, scaling.columns[0]] = np.nan
    wild[0, scaling.columns[1]] = 1e9
    scaled = scaling.apply(wild)[0]
    assert scaled[0] == 0.0
    assert scaled[1] == CLIP


def test_distances_are_mean_squares() -> None:
    left, right = np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([[3.0, 4.0]])
    np.testing.assert_allclose(mean_square_distances(left, right), [[12.5], [4.0]])


def test_matern_is_one_at_hand_and_its_slope_is_its_derivative() -> None:
    distance = np.array([0.0, 0.3, 2.0])
    value, slope = matern(distance, 0.7)
    step = 1e-6
    ahead, _ = matern(distance, 0.7 * math.exp(step))
    behind, _ = matern(distance, 0.7 * math.exp(-step))
    assert value[0] == 1.0 and (np.diff(value) < 0).all()
    np.testing.assert_allclose(slope, (ahead - behind) / (2 * step), atol=1e-8)


def test_the_same_molecule_in_another_medium_covaries_less() -> None:
    media = ("O", "CCCCCC", "O", "O", "O", "O")
    encoded = Encoder(SMILES, media).encode(("CCO", "CCO", "CCO"), ("O", "CCCCCC", "O"))
    given = Hyperparameters(fingerprint=0.5, descriptor=0.5, length=1.0, noise=0.1, medium=0.3)
    covariance = closeness(encoded, encoded).covariance(given)
    assert covariance[0, 2] == pytest.approx(given.prior)
    assert 0.7 * given.prior <= covariance[0, 1] < given.prior


@pytest.mark.parametrize("media", [None, ("O", "CCO", "O", "ClCCl", "O", "CCO")])
def test_the_gradient_of_the_likelihood_is_its_derivative(media: tuple[str, ...] | None) -> None:
    encoded = Encoder(SMILES, media).encode(SMILES, media)
    near = closeness(encoded, encoded)
    values = np.array([0.3, -1.2, 0.8, 1.4, -0.9, -0.4])
    at = np.log([0.3, 0.6, 0.8, 0.05])
    if media is not None:
        at = np.append(at, -0.7)
    steps = 1e-5 * np.eye(len(at))
    wanted = [
        (_loss(at + step, near, values)[0] - _loss(at - step, near, values)[0]) / 2e-5
        for step in steps
    ]
    np.testing.assert_allclose(_loss(at, near, values)[1], wanted, rtol=1e-5, atol=1e-7)
