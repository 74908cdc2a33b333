"""The shipped solubilities: whole, licensed, sound, and the same when made again from ESOL."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from scripts.property_tables import build, solubilities
from tertulia.discover.molecules.acid import canonical_smiles
from tertulia.discover.properties.surrogates import SOLUBILITY, measurements
from tests.shipped.conftest import SHIPPED, read_index

ROOT = SHIPPED / "materials" / "properties"
DATA = Path(__file__).parents[3] / "shared" / "data"


def test_every_table_is_in_the_source_note_with_its_digest_and_rows() -> None:
    told = read_index(ROOT / "SOURCE.json")
    assert set(told["tables"]) == {path.name for path in ROOT.glob("*.csv")} == {"solubility.csv"}
    for name, facts in told["tables"].items():
        content = (ROOT / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == facts["sha256"]
        assert content.count(b"\n") == facts["rows"] + 1 and b"\r" not in content
    assert sum(path.stat().st_size for path in ROOT.iterdir()) <= 50_000


def test_the_table_is_free_and_its_source_is_named() -> None:
    told = read_index(ROOT / "SOURCE.json")
    assert told["licence"] == "MIT" and len(told["commit"]) == 40
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert told["repository"] in readme and "**MIT**" in readme and "`solubility.csv`" in readme


def test_measurements_are_canonical_sorted_and_within_their_bounds() -> None:
    smiles, values = measurements(SOLUBILITY)
    assert list(smiles) == sorted(set(smiles))
    assert all(canonical_smiles(one) == one for one in smiles[::10])
    low, high = SOLUBILITY.bounds
    assert low < np.min(values) and np.max(values) < high


@pytest.mark.skipif(not (DATA / "materials").is_dir(), reason="the shared data is not here")
def test_the_table_comes_out_the_same_from_its_source(tmp_path: Path) -> None:
    dropped = build(DATA, tmp_path)
    assert dropped == {"measured again": 1128 - len(measurements(SOLUBILITY)[0])}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (ROOT / path.name).read_bytes(), path.name
    assert {path.name for path in tmp_path.iterdir()} == {"SOURCE.json", "solubility.csv"}


def test_rows_that_cannot_be_used_are_counted_and_repeated_ones_give_their_median() -> None:
    head = "smiles,measured log solubility in mols per litre"
    rows = ("CCO,1", "OCC,3", "C(C)O,1.5", "no molecule,0", "C,nan")
    dropped = {"measured again": 2, "unreadable": 1, "no value": 1}
    counted: Counter[str] = Counter()
    assert solubilities("\n".join((head, *rows)), counted) == {"CCO": 1.5}
    assert counted == dropped
