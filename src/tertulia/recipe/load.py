"""From a path or a shipped name to a recipe that has been checked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from tertulia.errors import RecipeError
from tertulia.recipe.check import check_recipe
from tertulia.recipe.migrate import migrated
from tertulia.recipe.problems import validated
from tertulia.recipe.schema import Recipe
from tertulia.recipe.shipped import shipped_folder, shipped_names
from tertulia.recipe.toml_file import TomlFile, read_toml


@dataclass(frozen=True, kw_only=True)
class LoadedRecipe:
    """A recipe with the file it came from."""

    recipe: Recipe
    path: Path
    text: str
    """The file as written."""
    notices: tuple[str, ...]
    """What the reader should know, such as that an old schema was migrated."""
    file: TomlFile
    """Lines of the keys, for errors that are found later."""


def load_recipe(path_or_name: str | Path) -> LoadedRecipe:
    """Reads a recipe from a `.toml` file, or a shipped one by its name.

    Raises RecipeError, with a code for each kind of mistake, at the file and line to mend.
    """
    path = _find(path_or_name)
    file, notices = migrated(read_toml(path, kind="recipe"))
    recipe = validated(Recipe, file)
    check_recipe(recipe, file)
    return LoadedRecipe(recipe=recipe, path=path, text=file.text, notices=notices, file=file)


def _find(path_or_name: str | Path) -> Path:
    path = Path(path_or_name)
    written_as_path = (
        isinstance(path_or_name, Path) or path.suffix == ".toml" or len(path.parts) > 1
    )
    if path.is_file():
        return path
    shipped = shipped_folder("recipes", f"{path_or_name}.toml")
    if not written_as_path and shipped.is_file():
        return shipped
    if path.is_dir():
        what = "that is a folder, not a recipe"
    elif written_as_path:
        what = "there is no such recipe file"
    else:
        what = f'no recipe of the name "{path_or_name}" is shipped, and there is no such file'
    raise RecipeError("recipe.no-file", what, where=str(path), remedy=_nearest(path))


def _nearest(path: Path) -> str:
    """Recipes that may have been meant: alike files in the same folder, else the shipped ones."""
    shipped = shipped_names("recipes")
    folder = path if path.is_dir() else path.parent
    beside = [str(folder / found.name) for found in sorted(folder.glob("*.toml"))]
    stems = {Path(name).stem: name for name in [*beside, *shipped]}
    near = [stems[stem] for stem in difflib.get_close_matches(path.stem, stems, n=3)]
    if near:
        return "The nearest is " + " or ".join(f"`{name}`" for name in near)
    return "Shipped recipes: " + ", ".join(shipped)
