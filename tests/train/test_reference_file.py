"""DPO's reference is trusted only where it is whole and of the same pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tertulia.train.preference_data import Answer, PreferencePair
from tertulia.train.reference_file import read_reference, write_reference

VALUES = np.array([[-1.25, -0.1], [-300.0, np.float32(np.pi)]], dtype=np.float32)


def pair(*tokens: int) -> PreferencePair:
    answers = [
        Answer(ids=np.array(ids), answered=np.ones(len(ids), dtype=np.int64))
        for ids in (tokens, tokens[::-1])
    ]
    return PreferencePair(chosen=answers[0], rejected=answers[1])


PAIRS = [pair(1, 64, 65), pair(1, 70, 71, 72)]


def test_what_was_kept_comes_back_to_the_bit(tmp_path: Path) -> None:
    write_reference(tmp_path / "new", PAIRS, VALUES)
    found = read_reference(tmp_path / "new", PAIRS)
    assert found is not None and found.dtype == np.float32
    assert np.array_equal(found, VALUES)


def test_other_pairs_have_no_reference(tmp_path: Path) -> None:
    write_reference(tmp_path, PAIRS, VALUES)
    assert read_reference(tmp_path, PAIRS[::-1]) is None
    assert read_reference(tmp_path, [PAIRS[0], pair(1, 70, 71, 73)]) is None


def test_a_damaged_reference_is_none(tmp_path: Path) -> None:
    write_reference(tmp_path, PAIRS, VALUES)
    path = tmp_path / "reference.json"
    path.write_text(path.read_text().replace("-1.25", "-1.5"))
    assert read_reference(tmp_path, PAIRS) is None
    path.write_text(path.read_text()[:40])
    assert read_reference(tmp_path, PAIRS) is None
    path.unlink()
    assert read_reference(tmp_path, PAIRS) is None
