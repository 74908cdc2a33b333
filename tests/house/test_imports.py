"""What loads what: floors, and nothing heavy before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "polars", "pyarrow", "numpy", "transformers", "tokenizers", "rich", "jinja2")
"""Packages that take longer to import than `tertulia --help` may take."""


def _loaded_after(statement: str) -> set[str]:
    """Top-level names in `sys.modules` of a fresh process that ran `statement`."""
    program = (
        f"import sys\n{statement}\nprint('\\n'.join({{m.split('.')[0] for m in sys.modules}}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "src",
        stdin=subprocess.DEVNULL,
    )
    return set(result.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import tertulia",
        "import tertulia.cli",
        "import tertulia.messages, tertulia.progress, tertulia.errors",
        "from tertulia.cli import build_command; build_command()",
    ],
)
def test_the_command_line_loads_nothing_heavy(statement: str) -> None:
    assert _loaded_after(statement) & set(HEAVY) == set()


def test_rooms_import_only_from_floors_below() -> None:
    # In a process of its own: it switches off the loggers of whoever runs it.
    program = (
        "import sys; from importlinter.cli import lint_imports; "
        "sys.exit(lint_imports(config_filename='pyproject.toml', no_cache=True))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert told.returncode == 0, told.stdout
