"""How the model is made: markers that are found by rule, and weights that come out the same."""

from __future__ import annotations

import numpy as np
import torch

from scripts.language_id import train
from scripts.language_id.calibrate import calibration_error, whole_numbers
from scripts.language_id.variety_lexicon import line_counts, marker_words


def test_a_pair_of_forms_becomes_markers_where_each_is_its_varietys_own() -> None:
    catalan = line_counts(["que mostri el fitxer", "que es mostri", "mostri", "registri", "pont"])
    valencian = line_counts(["que mostre el fitxer", "que es mostre", "mostre", "registre", "pont"])
    words = marker_words(catalan, valencian)
    assert words["mostri"] == "-subjunctive"
    assert words["mostre"] == "+subjunctive"
    # Seen once only; and a form that both share tells nothing.
    assert "registre" not in words
    assert "pont" not in words


def test_weights_come_out_the_same_twice_and_tell_the_classes_apart() -> None:
    lines = [["la casa gran", "una taula nova"] * 40, ["etxe handia da", "mahai berria"] * 40]
    torch.set_num_threads(1)
    data = train.samples(lines)
    batch, train.BATCH = train.BATCH, 32
    try:
        first, second = train.train(data, 2), train.train(data, 2)
    finally:
        train.BATCH = batch
    assert np.array_equal(first, second)
    assert whole_numbers(first).any()


def test_calibration_error_is_the_gap_between_sureness_and_truth() -> None:
    sure = np.full(10, 0.9)
    assert calibration_error(sure, np.array([True] * 9 + [False])) < 1e-9
    assert abs(calibration_error(sure, np.zeros(10, dtype=bool)) - 0.9) < 1e-9
