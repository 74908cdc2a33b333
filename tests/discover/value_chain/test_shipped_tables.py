"""The shipped tables: whole, licensed, and the same when they are made again from their sources."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from scripts.value_chain.__main__ import SHIPPED, build
from scripts.value_chain.solvents import quantity, spelled
from tertulia.discover.value_chain import shipped_tables
from tertulia.discover.value_chain.shipped_tables import load_table
from tertulia.errors import DataError

DATA = Path(__file__).parents[4] / "shared" / "data"
FOLDERS = ("crm", "gases", "solvents")
TABLES = [
    (folder, name)
    for folder in FOLDERS
    for name in json.loads((SHIPPED / folder / "SOURCE.json").read_text(encoding="utf-8"))["tables"]
]


@pytest.mark.parametrize("folder, name", TABLES)
def test_a_table_has_the_digest_and_the_rows_that_its_source_note_says(
    folder: str, name: str
) -> None:
    told = json.loads((SHIPPED / folder / "SOURCE.json").read_text(encoding="utf-8"))
    table = load_table(folder, name)
    assert table.sha256 == told["tables"][name]["sha256"]
    assert len(table.rows) == told["tables"][name]["rows"]
    assert table.origin.licence and table.origin.attribution and len(table.origin.commit) == 40


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_under_which_licence_it_is(folder: str) -> None:
    licence = {"crm": "CC BY 4.0", "gases": "CC0-1.0", "solvents": "MIT"}[folder]
    readme = (SHIPPED / folder / "README.md").read_text(encoding="utf-8")
    assert licence in readme
    assert {path.name for path in (SHIPPED / folder).glob("*.csv")} <= {
        word.strip("`") for word in readme.replace("`:", "` ").replace("`,", "` ").split()
    }


@pytest.mark.skipif(not (DATA / "materials" / "crm").exists(), reason="the sources are not here")
def test_the_tables_come_out_the_same_from_their_sources(tmp_path: Path) -> None:
    build(DATA, tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(made) == len(TABLES) + len(FOLDERS)
    for path in made:
        assert (tmp_path / path).read_bytes() == (SHIPPED / path).read_bytes(), path


def test_a_table_that_was_changed_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SHIPPED, tmp_path / "materials")
    changed = tmp_path / "materials" / "gases" / "gwp.csv"
    changed.write_text(changed.read_text(encoding="utf-8").replace("25200", "2520"))
    monkeypatch.setattr(shipped_tables, "shipped_folder", lambda *parts: tmp_path.joinpath(*parts))
    load_table.cache_clear()
    try:
        with pytest.raises(DataError) as caught:
            load_table("gases", "gwp.csv")
        assert caught.value.code == "discover.table-damaged"
        with pytest.raises(DataError):
            load_table("gases", "absent.csv")
    finally:
        load_table.cache_clear()


def test_the_files_of_the_wheel_have_the_ends_of_lines_that_were_hashed() -> None:
    for folder, name in TABLES:
        content = (SHIPPED / folder / name).read_bytes()
        assert b"\r" not in content and content.endswith(b"\n")
        assert hashlib.sha256(content).hexdigest() == load_table(folder, name).sha256


@pytest.mark.parametrize(
    "text, value",
    [
        ('Quantity[17., Sqrt["Megapascals"]]', 17.0),
        ('Quantity[ 16.1375338884229,Sqrt["Megapascals"] ]', 16.1375338884229),
        ('Quantity[1.5*^-2, Sqrt["Megapascals"]]', 0.015),
        ('Quantity[17.3`4., Sqrt["Megapascals"]]', 17.3),
    ],
)
def test_quantities_of_the_wolfram_language_are_read(text: str, value: float) -> None:
    assert quantity(text, 'Sqrt["Megapascals"]') == pytest.approx(value)


@pytest.mark.parametrize("text", ["17.", 'Quantity[17., "Pascals"]', 'Quantity[x, "Pascals"]'])
def test_another_unit_or_form_is_not_guessed_at(text: str) -> None:
    with pytest.raises(AssertionError):
        quantity(text, 'Sqrt["Megapascals"]')


def test_names_are_spelled_as_chemists_write_them() -> None:
    assert spelled("1Methoxy2Propanol") == "1-methoxy-2-propanol"
    assert spelled("EthylAcetate") == "ethyl acetate"
    assert spelled("1,4Dioxane") == "1,4-dioxane"
