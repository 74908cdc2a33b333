"""The process as a campaign uses it: exact, sure of what it was told, quick, repeatable."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tertulia.discover.properties.cross_validation import _folds, refitted_scores
from tertulia.discover.properties.gaussian_process import GaussianProcess
from tertulia.discover.properties.intervals import QUANTILE, calibration, leave_out
from tertulia.discover.properties.kernel import closeness
from tertulia.discover.properties.marginal_likelihood import most_likely
from tertulia.discover.properties.surrogates import SOLUBILITY, measurements
from tertulia.errors import DataError

SMILES, VALUES = measurements(SOLUBILITY)


def some(start: int, stop: int, step: int = 1) -> tuple[list[str], np.ndarray]:
    """Shipped solubilities in an order drawn once, so that neighbours are not alike."""
    order = np.random.Generator(np.random.PCG64(7)).permutation(len(SMILES))[start:stop:step]
    return [SMILES[at] for at in order], VALUES[order]


@pytest.fixture(scope="module")
def model() -> GaussianProcess:
    return GaussianProcess.fitted(*some(0, 150))


def test_it_is_the_textbook_posterior(model: GaussianProcess) -> None:
    """Against a plain solve of the equations of Rasmussen and Williams, 2.25 and 2.26."""
    train, values = some(0, 150)
    asked, _ = some(150, 170)
    encoder, given = model._encoder, model.hyperparameters
    known, wanted = encoder.encode(train), encoder.encode(asked)
    covariance = closeness(known, known).covariance(given) + given.noise * np.eye(150)
    across = closeness(wanted, known).covariance(given)
    scale = values.std()
    mean = values.mean() + across @ np.linalg.solve(covariance, values - values.mean())
    variance = given.prior - np.diag(across @ np.linalg.solve(covariance, across.T)) + given.noise
    said = model.predict(asked)
    np.testing.assert_allclose(said.mean, mean, rtol=1e-8)
    deviation = said.deviation / model.calibration.factor
    np.testing.assert_allclose(deviation, scale * np.sqrt(variance), rtol=1e-8)


def test_joint_agrees_with_single_predictions_and_is_a_covariance(model: GaussianProcess) -> None:
    asked, _ = some(150, 190)
    mean, covariance = model.joint(asked)
    said = model.predict(asked)
    scale = some(0, 150)[1].std()
    noise = model.hyperparameters.noise * scale**2
    np.testing.assert_allclose(mean, said.mean, rtol=1e-9)
    single = (said.deviation / model.calibration.factor) ** 2 - noise
    np.testing.assert_allclose(np.diag(covariance), single, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > -1e-8 * scale**2


def test_a_molecule_it_was_told_of_is_less_uncertain_than_a_stranger(
    model: GaussianProcess,
) -> None:
    said = model.predict([some(0, 150)[0][0], "O=C1c2ccccc2C(=O)N1SC(Cl)(Cl)Br"])
    assert said.deviation[0] < said.deviation[1]
    assert said.similarity[0] == 1.0 > said.similarity[1]


def test_leaving_out_by_formula_is_leaving_out_by_refitting() -> None:
    generator = np.random.Generator(np.random.PCG64(3))
    root = generator.normal(size=(12, 12))
    covariance, values = root @ root.T + np.eye(12), generator.normal(size=12)
    lower = np.linalg.cholesky(covariance)
    groups = [np.array([0, 5]), np.array([3]), np.array([7, 8, 9])]
    found = leave_out(lower, np.linalg.solve(covariance, values), groups)
    for group in groups:
        rest = np.setdiff1d(np.arange(12), group)
        inner, across = covariance[np.ix_(rest, rest)], covariance[np.ix_(group, rest)]
        mean = across @ np.linalg.solve(inner, values[rest])
        spread = covariance[np.ix_(group, group)] - across @ np.linalg.solve(inner, across.T)
        at = np.flatnonzero(np.isin(found.rows, group))
        np.testing.assert_allclose(found.residual[at], values[group] - mean, rtol=1e-8)
        np.testing.assert_allclose(found.variance[at], np.diag(spread), rtol=1e-8)


def test_refitting_without_a_fold_is_what_it_says() -> None:
    """The first fold by hand: a process fitted on the rest, but for the scales of descriptors."""
    train, values = some(0, 30)
    model = GaussianProcess.fitted(train, values)
    encoded = model._encoder.encode(train)
    scores = refitted_scores(encoded, values, train, seed=4)
    fold = _folds(train, 4)
    out, rest = np.flatnonzero(fold == 0), np.flatnonzero(fold != 0)
    known = encoded.rows(rest)
    scale, middle = values[rest].std(), values[rest].mean()
    near = closeness(known, known)
    given = most_likely(near, (values[rest] - middle) / scale)
    covariance = near.covariance(given) + given.noise * np.eye(len(rest))
    across = closeness(encoded.rows(out), known).covariance(given)
    mean = across @ np.linalg.solve(covariance, (values[rest] - middle) / scale)
    inner = np.diag(across @ np.linalg.solve(covariance, across.T))
    wanted = ((values[out] - middle) / scale - mean) / np.sqrt(given.prior - inner + given.noise)
    np.testing.assert_allclose(scores[: len(out)], wanted, rtol=1e-6)
    assert len(scores) == 30


def test_a_group_is_never_split_between_folds() -> None:
    groups = ["a", "b", "a", "c", "b", "d"] * 5
    fold = _folds(groups, 0)
    assert all(
        len({int(f) for g, f in zip(groups, fold, strict=True) if g == one}) == 1 for one in "abcd"
    )


def test_the_factor_covers_nine_tenths_of_what_it_was_set_on() -> None:
    scores = np.random.Generator(np.random.PCG64(5)).normal(scale=3.0, size=400)
    found = calibration(scores)
    assert found.calibrated and found.factor == pytest.approx(3.0, rel=0.15)
    assert (np.abs(scores) <= QUANTILE * found.factor).mean() == pytest.approx(0.91, abs=0.003)


def test_with_fewer_than_fifteen_values_nothing_is_called_calibrated() -> None:
    few = GaussianProcess.fitted(*some(0, 14))
    assert not few.calibration.calibrated and few.calibration.factor == 1.0
    assert GaussianProcess.fitted(*some(0, 15)).calibration.calibrated


def test_the_same_data_and_seed_give_the_same_bits() -> None:
    asked, _ = some(150, 160)
    # A subset is drawn for the hyperparameters, so that the seed is at work.
    first, again, other = (
        GaussianProcess.fitted(*some(0, 150), seed=seed, fitted_on=100).predict(asked)
        for seed in (1, 1, 2)
    )
    assert first.mean.tobytes() == again.mean.tobytes()
    assert first.low.tobytes() == again.low.tobytes()
    assert first.mean.tobytes() != other.mean.tobytes()


@pytest.mark.parametrize("values", [[], [1.0], [1.0, float("nan")]])
def test_too_few_values_are_refused(values: list[float]) -> None:
    with pytest.raises(DataError) as caught:
        GaussianProcess.fitted(["CCO"] * len(values), values)
    assert caught.value.code == "discover.too-few-values"


def test_values_that_are_all_the_same_are_no_accident() -> None:
    said = GaussianProcess.fitted(["CCO", "CCCO", "CO"], [2.0, 2.0, 2.0]).predict(["CCCCO"])
    assert said.mean[0] == pytest.approx(2.0)
    assert np.isfinite(said.high).all()


def test_the_medium_shifts_a_prediction() -> None:
    dyes = [text for text in some(0, 40)[0] for _ in range(2)]
    media = ["O", "CCCCCC"] * 40
    shift = np.tile([0.0, 1.0], 40)
    values = np.repeat(some(0, 40)[1], 2) + shift
    model = GaussianProcess.fitted(dyes, values, media=media)
    water, hexane = (model.predict(dyes[:20:2], [one] * 10).mean for one in ("O", "CCCCCC"))
    assert (hexane - water).mean() == pytest.approx(1.0, abs=0.3)


def test_a_campaign_can_refit_at_each_round() -> None:
    """With features at hand: 100 values in half a CPU second, 4,000 candidates in two."""
    train, values = some(0, 100)
    GaussianProcess.fitted(train, values).predict(list(SMILES))
    start = time.process_time()
    model = GaussianProcess.fitted(train, values)
    fitted = time.process_time()
    model.predict((list(SMILES) * 4)[:4_000])
    assert fitted - start < 0.5
    assert time.process_time() - fitted < 2.0
