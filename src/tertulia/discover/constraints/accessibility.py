"""Accessibility: whether a molecule looks as if it could be made, by Ertl's and Schuffenhauer's
score (J. Cheminform. 2009, 1:8), 1 easy to 10 hard, as RDKit's Contrib folder calculates it.

It counts how common the molecule's fragments are among a million of PubChem's, and its rings and
stereocentres; it knows no route. The acid is scored and not the anion: charged atoms are rare
there, and the same substance comes out 0.8 to 1.6 harder in its anion's clothes.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from tertulia.discover.constraints.verdict import Verdict, found, verdicts
from tertulia.errors import MissingExtraError
from tertulia.messages import mark

NAME = "accessibility"
CODES = ("accessibility",)

_HARD = mark("It looks hard to make: accessibility {score} on a scale of 1 to 10, limit {limit}.")


def judge_accessibility(smiles: str, *, limit: float, exempt: bool) -> tuple[Verdict, ...]:
    """Of a canonical SMILES of the neutral acid; what is `exempt` gets a remark at most."""
    score = accessibility(smiles)
    if score <= limit:
        return verdicts(NAME, ())
    finding = found(
        NAME,
        "accessibility",
        _HARD,
        forbids=not exempt,
        score=f"{score:.2f}",
        limit=f"{limit:.2f}",
    )
    return (finding,)


@lru_cache(maxsize=262_144)
def accessibility(smiles: str) -> float:
    """The score of a molecule, 1 (easy) to 10 (hard).

    Raises DataError `discover.smiles-unreadable` and MissingExtraError
    `discover.no-accessibility-score` where RDKit came without its Contrib folder.
    """
    from tertulia.discover.molecules.acid import read_smiles

    return float(_scorer().calculateScore(read_smiles(smiles)))


@cache
def _scorer() -> Any:
    """RDKit's own module, which is no part of its package; its table comes from the same wheel."""
    import importlib.util
    import warnings

    from rdkit import RDConfig

    path = Path(RDConfig.RDContribDir, "SA_Score", "sascorer.py")
    if not path.is_file():
        raise MissingExtraError(
            "discover.no-accessibility-score",
            "this RDKit has no Contrib folder with the synthetic accessibility score",
            where=str(path),
            remedy="Install RDKit's wheel: `pip install rdkit`",
        )
    spec = importlib.util.spec_from_file_location("rdkit_sascorer", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        # It leaves its table's file to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        module.readFragmentScores()
    return module
