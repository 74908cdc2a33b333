"""A brief of kind `screen` is screened as a whole, or nothing of it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tertulia.discover.brief import load_brief
from tertulia.discover.screening import FILE, PAGE, screen
from tertulia.discover.screens import ScreenBrief
from tertulia.errors import DataError

HEAD = 'schema = 1\nkind = "screen"\nname = "both"\n'
GASES = '[[gases.uses]]\ngas = "NF3"\npurpose = "clean-remote"\nkg_per_year = 10\n'
MATERIALS = '[[materials.lines]]\nname = "Ga"\nmass = 0.8\n'
SOLVENTS = '[solvents]\nreplace = "NMP"\n'


def brief(folder: Path, *tables: str) -> ScreenBrief:
    """Read from a file with these tables."""
    path = folder / "brief.toml"
    path.write_text(HEAD + "".join(tables), encoding="utf-8")
    found = load_brief(str(path))
    assert isinstance(found, ScreenBrief)
    return found


@pytest.mark.parametrize(
    ("tables", "names"),
    [
        ([GASES], ["gases"]),
        ([SOLVENTS, GASES], ["gases", "solvents"]),
        ([SOLVENTS, MATERIALS, GASES], ["gases", "materials", "solvents"]),
    ],
)
def test_what_a_brief_names_is_screened(
    tmp_path: Path, tables: list[str], names: list[str]
) -> None:
    found = screen(brief(tmp_path, *tables), tmp_path / "run")
    assert list(found.fields) == ["name", *names] and len(found.sections) == len(names)
    written = json.loads((tmp_path / "run" / FILE).read_text(encoding="utf-8"))
    assert written == {"schema": 1, **json.loads(json.dumps(dict(found.fields)))}
    page = (tmp_path / "run" / PAGE).read_text(encoding="utf-8")
    assert all(section.title in page for section in found.sections)


def test_screened_again_it_is_the_same(tmp_path: Path) -> None:
    given = brief(tmp_path, GASES, MATERIALS, SOLVENTS)
    files = [tmp_path / "run" / name for name in (FILE, PAGE)]
    screen(given, tmp_path / "run")
    first = [file.read_bytes() for file in files]
    screen(given, tmp_path / "run")
    assert [file.read_bytes() for file in files] == first


@pytest.mark.parametrize(
    ("table", "old"), [(GASES, '"NF3"'), (MATERIALS, '"Ga"'), (SOLVENTS, '"NMP"')]
)
def test_an_unknown_name_writes_nothing(tmp_path: Path, table: str, old: str) -> None:
    others = [one for one in (GASES, MATERIALS, SOLVENTS) if one != table]
    given = brief(tmp_path, table.replace(old, '"nonesuch"'), *others)
    with pytest.raises(DataError) as caught:
        screen(given, tmp_path / "run")
    assert caught.value.code == "discover.name-unknown" and "nonesuch" in str(caught.value)
    assert not (tmp_path / "run").exists()
