"""The house rules that a reader relies on: small files, small functions, names that say what."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tertulia"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(path for path in MODULES if path.name == "__init__.py")

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_utils"}


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_a_file_holds_one_concept(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE_LINES, f"{lines} lines: split it by concept"


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_a_function_fits_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }
    assert {name: lines for name, lines in long.items() if lines > MAX_FUNCTION_LINES} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    parts = {part.lower() for path in MODULES for part in path.relative_to(PACKAGE).parts}
    assert {part.removesuffix(".py") for part in parts} & FORBIDDEN_NAMES == set()


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_a_public_thing_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.stat().st_size:
        assert ast.get_docstring(tree), "the module has no docstring"
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    # A stage's spec is described by the table it holds.
    assert [name for name in silent if not name.endswith("Stage")] == []


@pytest.mark.parametrize("path", ROOMS, ids=_relative)
def test_a_room_names_its_surface_and_nothing_else(path: Path) -> None:
    """`__all__` is sorted and each of its names can be imported."""
    room = importlib.import_module(".".join(path.parent.relative_to(PACKAGE.parent).parts))
    surface = getattr(room, "__all__", [])
    assert list(surface) == sorted(surface)
    for name in surface:
        assert getattr(room, name) is not None
