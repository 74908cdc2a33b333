"""The licence is whole, and each error code that the code raises is one that people can look up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tertulia import errors
from tertulia.messages.error_summaries import SUMMARIES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tertulia"
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.TertuliaError)
}


def _raised_codes() -> Iterator[tuple[str, str]]:
    """(code, file) of every error that is built with a literal code."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else None
            if name in ERRORS and node.args:
                for code in ast.walk(node.args[0]):
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        yield code.value, str(path.relative_to(PACKAGE))


def test_codes_are_room_dot_reason() -> None:
    odd = [
        (code, path)
        for code, path in _raised_codes()
        if not re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", code)
    ]
    assert odd == []


def test_every_code_has_a_summary_and_every_summary_a_code() -> None:
    raised = {code for code, _ in _raised_codes()}
    assert raised - set(SUMMARIES) == set()
    assert set(SUMMARIES) - raised == set()


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "END OF TERMS AND CONDITIONS" in text
