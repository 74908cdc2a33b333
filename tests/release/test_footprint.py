"""Time and energy: summed where all is known, null where a part is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.errors import StoreError
from tertulia.release.footprint import footprint, manifests
from tertulia.store import Manifest
from tertulia.store.manifest import Attempts, Energy, write_manifest


def _manifest(joules: float | None) -> Manifest:
    return Manifest(
        stage="pretrain",
        key="k",
        digest="d",
        inputs={},
        parameters={},
        stage_version="1",
        code_version="0",
        library_versions={},
        machine={"name": "laptop"},
        numeric_class=None,
        seeds={},
        counts={},
        drops={},
        facts={},
        started="2026-01-01T00:00:00Z",
        ended="2026-01-01T00:01:00Z",
        wall_seconds=60.0,
        cpu_seconds=110.0,
        energy=Energy(joules=joules, basis="unknown" if joules is None else "estimated"),
        attempts=Attempts(),
        files=(),
    )


def test_stages_add_up() -> None:
    total = footprint({"pretrain": _manifest(1.8e6), "align": _manifest(3.6e6)})
    assert total["energy_kwh"] == pytest.approx(1.5)
    assert (total["wall_seconds"], total["cpu_seconds"]) == (120.0, 220.0)
    assert total["stages"]["pretrain"]["energy_basis"] == "estimated"
    assert total["stages"]["align"]["machine"] == "laptop"


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    total = footprint({"pretrain": _manifest(1.8e6), "align": _manifest(None)})
    assert total["energy_kwh"] is None
    assert total["stages"]["pretrain"]["energy_kwh"] == pytest.approx(0.5)


def test_artifacts_without_a_manifest_are_left_out_and_damaged_ones_are_not(tmp_path: Path) -> None:
    for name in ("made", "bare", "damaged"):
        (tmp_path / name).mkdir()
    write_manifest(tmp_path / "made", _manifest(1.0))
    assert list(manifests({"made": tmp_path / "made", "bare": tmp_path / "bare"})) == ["made"]
    (tmp_path / "damaged" / "manifest.json").write_text("{")
    with pytest.raises(StoreError):
        manifests({"damaged": tmp_path / "damaged"})
