"""Nothing dear is computed before a person has named it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tertulia.discover.gate import FILE, approve, approved
from tertulia.errors import DataError

FINALISTS = ("a", "b", "c")


def test_nothing_is_approved_at_first(tmp_path: Path) -> None:
    assert approved(tmp_path) == ()


def test_finalists_are_approved_by_place_and_stay_so(tmp_path: Path) -> None:
    assert approve(tmp_path, ["2"], FINALISTS) == ("b",)
    assert approve(tmp_path, ["1", "2"], FINALISTS) == ("b", "a")
    assert approved(tmp_path) == ("b", "a")
    assert approve(tmp_path, ["all"], FINALISTS) == ("b", "a", "c")


def test_who_approved_and_when_is_kept(tmp_path: Path) -> None:
    approve(tmp_path, ["1"], FINALISTS)
    [entry] = json.loads((tmp_path / FILE).read_text())["approved"]
    assert entry["anion"] == "a" and entry["by"] and entry["on"].endswith("+00:00")


@pytest.mark.parametrize("place", ["0", "4", "-1", "first", "", "9" * 5000])
def test_what_is_no_finalist_is_refused_and_nothing_written(tmp_path: Path, place: str) -> None:
    with pytest.raises(DataError) as caught:
        approve(tmp_path, ["1", place], FINALISTS)
    assert caught.value.code == "discover.gate" and "1 to 3" in str(caught.value.remedy)
    assert not (tmp_path / FILE).exists()


def test_a_damaged_list_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"approved": [{}]}')
    with pytest.raises(DataError) as caught:
        approved(tmp_path)
    assert caught.value.code == "discover.gate" and FILE in str(caught.value.where)
