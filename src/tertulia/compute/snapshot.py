"""What a queued job runs and reads, copied when it is queued: the code, the recipe, the profile.

Data stay where they are: the copied recipe finds them by absolute paths.
"""

from __future__ import annotations

import os
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

from tertulia.recipe.load import LoadedRecipe, load_recipe
from tertulia.recipe.shipped import shipped_folder
from tertulia.recipe.sources import ResolvedSource, resolve_sources
from tertulia.recipe.stage_table import STAGES
from tertulia.recipe.toml_text import toml_text
from tertulia.store.atomic import write_text


def named_sources(loaded: LoadedRecipe) -> tuple[ResolvedSource, ...]:
    """Every source that some stage of the recipe reads, found on this machine.

    What has a URL is downloaded, since compute nodes have no internet. Raises RecipeError.
    """
    kinds = dict.fromkeys(kind for stage in STAGES for kind in stage.sources)
    return tuple(source for kind in kinds for source in resolve_sources(loaded, kind))


def copy_code(folder: Path) -> None:
    """Copies this installation of the package, all that it ships included, to `folder/tertulia`."""
    shutil.copytree(
        str(resources.files("tertulia")),
        folder / "tertulia",
        ignore=shutil.ignore_patterns("__pycache__"),
        # An installation may be read-only; its copy must not be, to be deleted some day.
        copy_function=shutil.copyfile,
    )


def copy_recipe(loaded: LoadedRecipe, sources: tuple[ResolvedSource, ...], path: Path) -> None:
    """Writes the recipe to `path`, and beside it a `sources.toml` of absolute paths.

    A shipped source stays a name: the copied code holds it.
    """
    shipped = shipped_folder()
    entries = {
        source.name: _entry(source)
        for source in sources
        if not source.path.resolve().is_relative_to(shipped.resolve())
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, loaded.text)
    text = toml_text({"schema": 1, "sources": entries})
    write_text(path.with_name("sources.toml"), text)
    # Read back as the job will: what is wrong is to be known before anything is queued.
    named_sources(load_recipe(path))


def _entry(source: ResolvedSource) -> dict[str, Any]:
    place = os.path.abspath(source.path)
    if source.pattern is not None:
        place = os.path.join(place, source.pattern)
    return {"path": place, **source.declared()}
