"""The brief of a materials campaign: what is sought, what is forbidden, what it may take.

A TOML file of kind `campaign`, written by a scientist. It says nothing of machines or processes.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field

from tertulia.discover.constraints.anchors import ANCHORS
from tertulia.discover.constraints.judge import Limits
from tertulia.discover.generators.seeds import seeds
from tertulia.discover.packages import require_discover
from tertulia.discover.screens import ScreenBrief
from tertulia.errors import DataError, RecipeError
from tertulia.recipe.migrate import schema_of
from tertulia.recipe.problems import validated
from tertulia.recipe.section import Fraction, Section
from tertulia.recipe.shipped import shipped_folder, shipped_names
from tertulia.recipe.toml_file import TomlFile, read_toml

SCHEMA_VERSION = 1
FOLDER = "briefs"
_YEAR = 31_536_000
"""Seconds."""
_NamesT = TypeVar("_NamesT", bound=tuple[str, ...])


def _once(names: _NamesT) -> _NamesT:
    if len(set(names)) < len(names):
        raise ValueError("a name stands there twice")
    return names


Objective = Literal["acidity", "transparency"]
Strategy = Literal["random", "class-random", "greedy", "ucb", "thompson", "expected-hypervolume"]


class TargetSpec(Section):
    """What is sought."""

    objectives: Annotated[tuple[Objective, ...], Field(min_length=1), AfterValidator(_once)] = (
        "acidity",
        "transparency",
    )
    """`acidity`: a low deprotonation energy; `transparency`: a wide gap of the anion, which stands
    in for little absorption at 193 nm."""
    reference: str = "tosylate"
    """The anchor whose acidity a finalist must exceed."""
    solvent: Literal["acetonitrile"] = "acetonitrile"
    """The continuum in which molecules are computed: that of the calibration."""


class GeneratorsSpec(Section):
    """Shares of what each generator proposes."""

    fragments: Fraction = 0.4
    graph_ga: Fraction = 0.4
    selfies: Fraction = 0.2
    candidates: Annotated[int, Field(ge=10, le=5_000)] = 240
    """How many all of them propose before each batch."""
    seeds: tuple[str, ...] = ()
    """SMILES of acids or anions to begin from; the shipped seed pool where there are none."""
    max_family_share: Fraction = 0.4
    """Of a batch no more than this part is of one family."""


class SearchSpec(Section):
    """How of all candidates the next to be calculated are chosen."""

    strategy: Strategy = "expected-hypervolume"
    batch: Annotated[int, Field(ge=1, le=100)] = 10
    initial: Annotated[int, Field(ge=0)] = 30
    """Drawn by class before any model is trusted, the seeds among them."""


class BudgetSpec(Section):
    """What the campaign may take."""

    calculations: Annotated[int, Field(ge=1, le=20_000)] = 360
    """Acids calculated with GFN2-xTB, each with its anion, the seeds among them; an exact model of
    more would no longer fit into memory."""
    finalists: Annotated[int, Field(ge=1, le=200)] = 16
    """How many go on to conformers and ion pairs, and stand in the dossier of their own."""
    seconds_each: Annotated[float, Field(gt=0, le=_YEAR)] = 600.0
    """A calculation that takes longer is given up, and recorded as such."""


class FinalistsSpec(Section):
    """Which of the validated candidates become finalists."""

    max_similarity: Fraction = 0.6
    """Tanimoto similarity of Morgan fingerprints that no two of them reach."""
    max_of_a_family: Annotated[int, Field(ge=1)] = 5
    excludes_reference: bool = True
    """Only those whose 90 % interval excludes the acidity of the reference."""
    tiers: Annotated[tuple[Literal["conformers", "ion-pair"], ...], AfterValidator(_once)] = (
        "conformers",
        "ion-pair",
    )
    """What they and the anchors are computed by without anyone's approval."""


class DearSpec(Section):
    """Calculations that a person must approve first: density functional theory by PySCF."""

    functional: str = "pbe0"
    basis: str = "def2-svp"
    excitations: Annotated[int, Field(ge=0, le=50)] = 30
    """How many excited states of the anion; 0 leaves them out. With few the highest may lie above
    193 nm still, and of what is absorbed there nothing is seen."""
    method: Literal["ris", "tda"] = "ris"
    """`tda` takes minutes where `ris`, with minimal integrals, takes seconds."""
    seconds_each: Annotated[float, Field(gt=0, le=_YEAR)] = 86_400.0
    """A calculation that takes longer is given up, and recorded as such."""


class Brief(Section):
    """A whole brief; see docs/materials.md."""

    kind: Literal["campaign"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    """Name of the campaign, and of its folder below `runs/`."""
    seed: Annotated[int, Field(ge=0, lt=2**31 - 2)] = 0
    target: TargetSpec = TargetSpec()
    constraints: Limits = Limits()
    generators: GeneratorsSpec = GeneratorsSpec()
    search: SearchSpec = SearchSpec()
    budget: BudgetSpec = BudgetSpec()
    finalists: FinalistsSpec = FinalistsSpec()
    dear: DearSpec = DearSpec()


def load_brief(path_or_name: str) -> Brief | ScreenBrief:
    """Reads a brief from a `.toml` file, or a shipped one by its name.

    Raises RecipeError `discover.no-brief`, MissingExtraError `discover.missing-extra` for one of a
    campaign, and what reading and validating a recipe raise.
    """
    file = read_toml(_find(path_or_name), kind="brief")
    schema_of(file, newest=SCHEMA_VERSION)
    file = file.with_data({k: v for k, v in file.data.items() if k != "schema"}, file.lines)
    if file.data.get("kind") == "screen":
        return validated(ScreenBrief, file)
    # Elements and seeds are read by RDKit.
    require_discover()
    brief = validated(Brief, file)
    _check(brief, file)
    return brief


def _check(brief: Brief, file: TomlFile) -> None:
    """What no single key can tell; raises RecipeError at the key to change."""
    if brief.target.reference not in ANCHORS:
        raise RecipeError(
            "recipe.wrong-value",
            f"`target.reference` is no anchor: {brief.target.reference!r}",
            where=file.where(("target", "reference")),
            remedy=f"Anchors are {', '.join(ANCHORS)}",
        )
    shares = brief.generators
    if not shares.fragments + shares.graph_ga + shares.selfies:
        raise RecipeError(
            "recipe.wrong-value",
            "no generator has a share",
            where=file.where(("generators",)),
            remedy="Give `fragments`, `graph_ga` or `selfies` more than 0",
        )
    _check_seeds(brief, file)
    begun = len(brief.generators.seeds or seeds())
    if brief.budget.calculations <= begun:
        raise RecipeError(
            "recipe.wrong-value",
            f"`budget.calculations` is {brief.budget.calculations}, and the campaign begins with "
            f"{begun} seeds: nothing would be searched",
            where=file.where(("budget", "calculations")),
            remedy=f"Give it more than {begun}, or begin with fewer seeds",
        )


def _check_seeds(brief: Brief, file: TomlFile) -> None:
    if not brief.generators.seeds:
        return
    from tertulia.discover.molecules.acid import acid_of

    for place, smiles in enumerate(brief.generators.seeds):
        try:
            acid_of(smiles)
        except DataError as error:
            raise RecipeError(
                "recipe.wrong-value",
                error.what,
                where=file.where(("generators", "seeds", place)),
                remedy=error.remedy,
            ) from error


def _find(path_or_name: str) -> Path:
    path = Path(path_or_name)
    shipped = shipped_folder(FOLDER, f"{path_or_name}.toml")
    written_as_path = path.suffix == ".toml" or len(path.parts) > 1
    # Unlike Path's own, these bear names that no file system takes.
    if os.path.isfile(path) or (written_as_path and os.path.exists(path)):
        return path
    if not written_as_path and os.path.isfile(shipped):
        return shipped
    names = shipped_names(FOLDER)
    near = difflib.get_close_matches(path.stem, names, n=1)
    raise RecipeError(
        "discover.no-brief",
        "there is no such brief",
        where=path_or_name[:200],
        remedy=f"The nearest is `{near[0]}`" if near else f"Shipped briefs: {', '.join(names)}",
    )
