"""Signatures estimate Jaccard similarity as theory says, and bands meet as often."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tertulia.corpus.duplicates.shingles import Shingles, jaccard, shingles
from tertulia.corpus.duplicates.signatures import (
    RECALL,
    Bands,
    band_hashes,
    bands_of,
    signature_file,
    signatures,
    write_signatures,
)
from tertulia.errors import DataError
from tertulia.recipe.duplicates_spec import DuplicatesSpec


def _pairs(similarity: float, size: int, count: int) -> tuple[Shingles, np.ndarray]:
    """Pairs of random sets of `size` and about that similarity, and what it is exactly."""
    lots = np.random.default_rng(5)
    common = round(2 * size * similarity / (1 + similarity))
    sets, exact = [], []
    for _ in range(count):
        drawn = np.unique(lots.integers(0, 2**32, 2 * size - common, dtype=np.uint64))
        lots.shuffle(drawn)
        pair = (drawn[:size], np.concatenate([drawn[:common], drawn[size:]]))
        sets += [np.sort(each).astype(np.uint32) for each in pair]
        exact.append(jaccard(sets[-2], sets[-1]))
    sizes = np.array([len(each) for each in sets], dtype=np.uint32)
    return Shingles(hashes=np.concatenate(sets), sizes=sizes), np.array(exact)


@pytest.mark.parametrize("similarity", [0.3, 0.8, 0.9])
@pytest.mark.parametrize("size", [12, 300])
def test_equal_places_of_two_signatures_estimate_their_similarity(
    similarity: float, size: int
) -> None:
    sets, exact = _pairs(similarity, size, 600)
    minima = signatures(sets, 84)
    estimated = (minima[::2] == minima[1::2]).mean(axis=1)
    deviation = np.sqrt(exact.mean() * (1 - exact.mean()) / 84)
    assert abs(estimated - exact).max() < 5 * deviation
    assert abs((estimated - exact).mean()) < 4 * deviation / np.sqrt(600)


@pytest.mark.parametrize("similarity", [0.4, 0.6, 0.8, 0.9])
def test_pairs_meet_in_a_band_as_often_as_expected(similarity: float) -> None:
    bands = bands_of(DuplicatesSpec())
    sets, exact = _pairs(similarity, 100, 800)
    hashes = band_hashes(signatures(sets, bands.count * bands.rows), bands)
    met = (hashes[:, ::2] == hashes[:, 1::2]).any(axis=0).mean()
    expected = np.mean([bands.recall(each) for each in exact])
    assert abs(met - expected) < 4 * np.sqrt(expected * (1 - expected) / 800) + 0.002


@pytest.mark.parametrize("near", [0.5, 0.7, 0.8, 0.9, 1.0])
def test_bands_find_pairs_at_the_threshold(near: float) -> None:
    spec = DuplicatesSpec(near=near)
    bands = bands_of(spec)
    assert bands.recall(near) >= RECALL
    assert bands.count * bands.rows <= spec.permutations


def test_the_default_is_fourteen_bands_of_six() -> None:
    assert bands_of(DuplicatesSpec()) == Bands(count=14, rows=6)


def test_too_few_permutations_for_a_low_threshold_are_refused() -> None:
    with pytest.raises(DataError, match="16 permutations") as caught:
        bands_of(DuplicatesSpec(near=0.1, permutations=16))
    assert caught.value.code == "corpus.too-few-permutations"


def test_a_signature_does_not_depend_on_its_batch() -> None:
    texts = pl.Series([f"un text {'molt ' * (n % 9)} curt número {n}" for n in range(200)])
    together = signatures(shingles(texts, 3), 20)
    apart = [signatures(shingles(texts[at : at + 7], 3), 20) for at in range(0, 200, 7)]
    assert np.array_equal(together, np.concatenate(apart))


def test_signatures_stay_what_they_are() -> None:
    minima = signatures(shingles(pl.Series(["Bon dia a tothom, com esteu avui?"]), 5), 16)
    assert minima[0, :2].tolist() == [5926883, 1378945868]


def test_a_part_is_three_files(tmp_path: Path) -> None:
    texts = pl.Series(["un dos tres quatre cinc sis", "", "un"])
    written = write_signatures(texts, DuplicatesSpec(), tmp_path, 7)
    files = {kind: signature_file(tmp_path, 7, kind) for kind in ("bands", "sizes", "shingles")}
    assert written == sum(path.stat().st_size for path in files.values())
    assert np.fromfile(files["sizes"], "<u4").tolist() == [2, 0, 1]
    assert files["bands"].stat().st_size == 4 * 14 * 3
