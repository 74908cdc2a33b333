"""Inputs for other programs: the same bytes each time, coordinates and charges as stored."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tertulia.campaign.calculation import Calculation, Result
from tertulia.discover.physics.acidity import compute_acidity
from tertulia.discover.physics.export import export_inputs, inputs_for
from tertulia.discover.physics.geometry import Geometry, geometry_of_xyz

ANION = Geometry(
    numbers=np.array([8, 6, 8, 1]),
    positions=np.array(
        [[1.1, -0.4, 1e-7], [0, 0.2123456, 0], [-1.1, -0.4, -12.5], [0, 1.3, 0.333333]]
    ),
    charge=-1,
)
ATOM = re.compile(r"^([A-Z][a-z]?)\s+(-?\d+\.\d+)\s+(-?\d+\.\d+)\s+(-?\d+\.\d+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def result() -> Result:
    inputs = {"acid": "OC=O", "anion": "[O-]C=O", "solvent": "water", "seed": 1}
    calculation = Calculation.of(compute_acidity, inputs, {"tblite": "0.8"})
    return Result(calculation=calculation, status="done", values=compute_acidity(inputs))


@pytest.mark.parametrize("kind", ["xyz", "dlpno.inp", "steom.inp", "gjf", "pyscf.py"])
def test_coordinates_come_back_from_each_input(kind: str) -> None:
    text = inputs_for("one", ANION, title="a title")[f"one.{kind}"]
    found = ATOM.findall(text)
    assert [row[0] for row in found] == ["O", "C", "O", "H"]
    positions = np.array([[float(x) for x in row[1:]] for row in found])
    np.testing.assert_allclose(positions, ANION.positions, atol=5.1e-7)


def test_charge_and_multiplicity_are_said() -> None:
    texts = inputs_for("one", ANION, title="a title", solvent="acetonitrile")
    assert "* xyz -1 1\n" in texts["one.dlpno.inp"]
    assert "CPCM(acetonitrile)" in texts["one.steom.inp"]
    assert "\n\na title\n\n-1 1\n" in texts["one.gjf"]
    assert texts["one.gjf"].endswith("\n\n")
    assert "charge=-1, spin=0" in texts["one.pyscf.py"]
    assert "one.xyz --gfn 2 --chrg -1 --uhf 0 --alpb acetonitrile" in texts["one.xtb.sh"]
    assert "charge=-1 multiplicity=1" in texts["one.xyz"].splitlines()[1]


def test_a_title_cannot_break_out_of_its_line() -> None:
    texts = inputs_for("one", ANION, title='añón"""\nimport os; $(x)\\')
    assert all("import os" not in text.splitlines()[2:] for text in texts.values())
    compile(texts["one.pyscf.py"], "one", "exec")
    assert len(ATOM.findall(texts["one.gjf"])) == 4


def test_the_pyscf_input_runs(tmp_path: Path) -> None:
    hydrogen = Geometry(
        numbers=np.array([1, 1]), positions=np.array([[0.0, 0, 0], [0, 0, 0.7414]]), charge=0
    )
    script = tmp_path / "one.py"
    script.write_text(inputs_for("one", hydrogen, title="hydrogen")["one.pyscf.py"])
    ran = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    # Full configuration interaction in this basis, for two electrons the same as CCSD.
    assert float(ran.stdout.split()[-1]) == pytest.approx(-1.1646, abs=5e-4)


def test_stored_results_are_written_with_what_they_come_from(
    result: Result, tmp_path: Path
) -> None:
    failed = Result(calculation=result.calculation, status="failed", reason="not-converged")
    paths = export_inputs(tmp_path / "inputs", [result, failed])
    assert len(paths) == 12
    assert {path.name.split(".")[0] for path in paths} == {"acidity-acid", "acidity-anion"}
    for path in paths:
        assert result.calculation.key in path.read_text(encoding="ascii")
    anion = (tmp_path / "inputs" / "acidity-anion.xyz").read_text()
    stored = geometry_of_xyz(result.values["anion_xyz"], charge=-1)
    np.testing.assert_array_equal(geometry_of_xyz(anion, charge=-1).positions, stored.positions)
    before = {path: path.read_bytes() for path in paths}
    assert export_inputs(tmp_path / "inputs", [result]) == paths
    assert {path: path.read_bytes() for path in paths} == before
