"""Two aligned columns: a label and its value."""

from __future__ import annotations

from collections.abc import Mapping


def print_pairs(rows: Mapping[str, str]) -> None:
    """Prints `rows` indented, values below one another."""
    width = max((len(label) for label in rows), default=0)
    for label, value in rows.items():
        print(f"  {label:<{width}}  {value}")
