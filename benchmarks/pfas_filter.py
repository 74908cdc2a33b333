"""The PFAS filter: PFAS found, other halogenated molecules let pass, agreement with other readings.

    python -m benchmarks.pfas_filter [--quick] [--data ../shared/data/materials]

PFAS are the OECD's list of 2018 (those with a structure that RDKit reads). Negatives are real
molecules of ten data sets and of the US EPA's list of fluorinated substances, chosen by rules that
use neither our patterns nor any other: by the formula (no fluorine but another halogen; one
fluorine, which makes no CF2), and of two fluorines or more by a walk over atoms, hydrogens and
single bonds. Each molecule counts once, by its canonical SMILES. The second reading is the patterns
of PFASGroups (CC0), which are none of ours.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from tertulia.discover.constraints.pfas import Definition, is_pfas
from tertulia.evaluate.intervals import wilson

DATA = Path("../shared/data/materials")
OECD = "pfas/S25_OECDPFAS_list_22012019.csv.zst"
EPA = "pfas/Richard2023_SI_TableS5.csv.zst"
PATTERNS = "pfas/PFAS_definitions_smarts.json"
SETS = (
    "bace",
    "bbbp",
    "biodegradability",
    "clintox",
    "esol",
    "freesolv",
    "ldtoxdb",
    "lipophilicity",
    "sider",
    "tox21",
)
THEIRS: dict[Definition, str] = {"oecd-2021": "OECD Definition", "eu-reach": "EU PFAS Restriction"}
_Z95 = 1.959964
_QUICK = 20

Molecules = dict[str, Any]
"""RDKit's molecules by canonical SMILES."""


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments = options.parse_args()
    load = begin()
    every = _QUICK if arguments.quick else 1
    listed, unread = molecules(arguments.data / OECD, every)
    epa, _ = molecules(arguments.data / EPA, every)
    others = _others(arguments.data, every)
    lines = [
        *_positives(listed, unread),
        "",
        *_negatives(others, epa),
        "",
        *_agreement(arguments, {**listed, **epa, **others}),
    ]
    publish(
        arguments,
        "pfas-filter",
        "PFAS filter: what it finds, what it lets pass",
        lines,
        load=load,
        packages=("rdkit",),
    )


def _positives(listed: Molecules, unread: int) -> list[str]:
    before = time.process_time()
    missed = [smiles for smiles, one in listed.items() if not is_pfas(one, "oecd-2021")]
    seconds = time.process_time() - before
    rows = [[f"`{smiles}`", "no" if not walk(listed[smiles]) else "YES"] for smiles in missed]
    return [
        f"OECD list: {share(len(listed) - len(missed), len(listed))} found by `oecd-2021` in "
        f"{seconds:.2f} s of CPU time ({unread} rows have a structure that RDKit does not read).",
        "",
        *(
            [
                "By the OECD's wording a miss is right where the walk finds no such carbon either.",
                "",
                *table(["missed", "saturated CF2 or CF3 by the walk"], rows),
            ]
            if rows
            else ["None was missed."]
        ),
    ]


def _negatives(others: Molecules, epa: Molecules) -> list[str]:
    rules: list[tuple[str, Molecules, Callable[[Any], bool]]] = [
        ("Cl, Br or I, no F; ten data sets", others, lambda one: not atoms(one, "F")),
        ("one F; ten data sets", others, lambda one: atoms(one, "F") == 1),
        ("two F or more, none as CF2; ten data sets", others, _walked_free),
        ("two F or more, none as CF2; EPA list", epa, _walked_free),
    ]
    rows, chosen = [], dict[str, Any]()
    for name, source, rule in rules:
        found = {smiles: one for smiles, one in source.items() if halogens(one) and rule(one)}
        chosen |= found
        rows.append([name, passed(found)])
    rows.append(["**all, each once**", passed(chosen)])
    return ["Negatives, by `oecd-2021`:", "", *table(["negatives", "let pass"], rows)]


def _agreement(arguments: argparse.Namespace, pool: Molecules) -> list[str]:
    oecd = {smiles: is_pfas(one, "oecd-2021") for smiles, one in pool.items()}
    apart = [smiles for smiles, one in pool.items() if walk(one) != oecd[smiles]]
    rows = [["`oecd-2021`", "walk over atoms", share(len(pool) - len(apart), len(pool)), ""]]
    for definition, name in THEIRS.items():
        theirs = second_reading(arguments.data / PATTERNS, name)
        differing = [
            smiles for smiles, one in pool.items() if is_pfas(one, definition) != theirs(one)
        ]
        examples = ", ".join(f"`{smiles}`" for smiles in sorted(differing, key=_short)[:4])
        agreed = share(len(pool) - len(differing), len(pool))
        rows.append([f"`{definition}`", "PFASGroups' patterns", agreed, examples])
    spared = sum(oecd[smiles] and not is_pfas(one, "eu-reach") for smiles, one in pool.items())
    return [
        f"Agreement on all {len(pool):,} molecules; of the {sum(oecd.values()):,} PFAS to the OECD "
        f"the REACH proposal's exceptions spare {spared}:",
        "",
        *table(["definition", "second reading", "agree", "shortest that differ"], rows),
    ]


def molecules(path: Path, every: int = 1) -> tuple[Molecules, int]:
    """What a table's SMILES column holds, once each, and how many rows RDKit does not read."""
    from rdkit import Chem, rdBase

    made: Molecules = {}
    unread = 0
    for number, smiles in enumerate(_smiles(path)):
        if number % every:
            continue
        with rdBase.BlockLogs():
            one: Any = Chem.MolFromSmiles(smiles)
        if one is None:
            unread += 1
        else:
            made[Chem.MolToSmiles(one)] = one
    return made, unread


def _smiles(path: Path) -> Iterator[str]:
    import zstandard

    data = path.read_bytes()
    if path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(data).read()
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace"))):
        written = next(value for key, value in row.items() if key.lower() == "smiles")
        if written.strip() not in ("", "-"):
            yield written.strip()


def _others(data: Path, every: int) -> Molecules:
    """The halogenated molecules of the data sets that were not gathered for being PFAS."""
    made: Molecules = {}
    for name in SETS:
        for path in sorted((data / "moleculenet_ibm" / name).glob("*.csv*")):
            made |= molecules(path, every)[0]
    return {smiles: one for smiles, one in made.items() if halogens(one)}


def halogens(molecule: Any) -> bool:
    """Whether it holds carbon and a halogen: salts of halides are asked nothing."""
    return bool(atoms(molecule, "C")) and any(
        atoms(molecule, symbol) for symbol in ("F", "Cl", "Br", "I")
    )


def atoms(molecule: Any, symbol: str) -> int:
    """How many atoms of an element there are."""
    return sum(atom.GetSymbol() == symbol for atom in molecule.GetAtoms())


def _walked_free(molecule: Any) -> bool:
    return atoms(molecule, "F") > 1 and not walk(molecule)


def walk(molecule: Any) -> bool:
    """Whether some carbon has single bonds alone, to two F or more and to no H, Cl, Br or I."""
    from rdkit import Chem

    whole = Chem.AddHs(molecule)
    for atom in whole.GetAtoms():
        if atom.GetAtomicNum() != 6 or atom.GetDegree() != 4:
            continue
        if any(bond.GetBondType() != Chem.BondType.SINGLE for bond in atom.GetBonds()):
            continue
        beside = [neighbour.GetAtomicNum() for neighbour in atom.GetNeighbors()]
        if beside.count(9) > 1 and not {1, 17, 35, 53} & set(beside):
            return True
    return False


def second_reading(path: Path, name: str) -> Callable[[Any], bool]:
    """PFASGroups' definition of this name: any of its patterns."""
    from rdkit import Chem

    definitions = json.loads(path.read_text(encoding="utf-8"))
    smarts = next(one["smarts"] for one in definitions if one["name"] == name)
    queries = [Chem.MolFromSmarts(one) for one in smarts]
    return lambda molecule: any(molecule.HasSubstructMatch(query) for query in queries)


def passed(negatives: Molecules) -> str:
    """How many of the negatives are no PFAS by our filter."""
    return share(sum(not is_pfas(one, "oecd-2021") for one in negatives.values()), len(negatives))


def share(part: int, whole: int) -> str:
    """`part / whole (per cent; 95 % Wilson interval)`."""
    if not whole:
        return "none"
    low, high = wilson(part / whole, whole, _Z95)
    return f"{part:,}/{whole:,} ({part / whole:.2%}; {low:.2%} to {high:.2%})"


def _short(smiles: str) -> tuple[int, str]:
    return len(smiles), smiles


if __name__ == "__main__":
    main()
