"""Makes the shipped acids and the language model that is trained on them by a shipped recipe.

    python -m scripts.selfies_model.build acids --data DIR
    python -m scripts.selfies_model.build model --runs DIR

`acids` writes `shipped/molecules`: half of it is drawn with the generator `fragments`, so that
another alphabet of its groups gives other acids. `model` runs the recipe `molecules` up to
`pretrain` on one thread in float32 and writes `shipped/selfies_model`: the same bytes again within
a numeric class.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scripts.selfies_model.acids import MOST_ATOMS, TrainingAcid, distinct, enumerated, from_cores
from scripts.selfies_model.cores import cores
from scripts.selfies_model.corpus import OWN, write_corpus
from scripts.selfies_model.model import write_model
from tertulia.discover.generators.fragments import Fragments

_SHIPPED = Path("src/tertulia/shipped")
_ASSEMBLED, _DRAWN, _WRITINGS, _SEED = 9000, 14, 3, 0


def write_acids(data: Path, out: Path) -> None:
    """The corpus of acids."""
    left_out: Counter[str] = Counter()
    free, refused = cores(data)
    drawn = from_cores(free, _DRAWN, seed=_SEED, left_out=left_out)
    acids = distinct(itertools.chain(_own(left_out), drawn), left_out)
    index = write_corpus(acids, out, each=_WRITINGS, seed=_SEED, left_out=left_out + refused)
    for file in index["files"]:
        print(file)
    print(Counter(one.acid.family for one in acids), left_out)


def _own(left_out: Counter[str]) -> Iterator[TrainingAcid]:
    assembled = Fragments(MOST_ATOMS).propose((), _ASSEMBLED, seed=_SEED)
    yield from enumerated((one.smiles for one in assembled), OWN, left_out)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=("acids", "model"))
    options.add_argument("--data", type=Path)
    options.add_argument("--runs", type=Path, default=Path("runs"))
    options.add_argument("--out", type=Path)
    arguments = options.parse_args()
    if arguments.what == "acids":
        if arguments.data is None:
            options.error("acids need --data")
        write_acids(arguments.data, arguments.out or _SHIPPED / "molecules")
    else:
        write_model(arguments.runs, arguments.out or _SHIPPED / "selfies_model")


if __name__ == "__main__":
    main()
