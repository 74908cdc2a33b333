"""Makes the tables of gases, raw materials and solvents that the screens read.

`python -m scripts.value_chain [--data DIR] [--out DIR]`: DIR of `--data` is the folder of the
shared data. The digests of the source files are checked first, those of the tables are written
beside them in SOURCE.json. Files of facts (`*.toml`) are written by hand and left alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.value_chain import gases, raw_materials, solvents

SHIPPED = Path(__file__).parents[2] / "src" / "tertulia" / "shipped" / "materials"


def main() -> None:
    """Writes the tables of all three screens."""
    parser = argparse.ArgumentParser(prog="python -m scripts.value_chain", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the shared data")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the shipped tables")
    given = parser.parse_args()
    build(given.data, given.out)


def build(data: Path, out: Path) -> None:
    """Writes `gases`, `crm` and `solvents` below `out`."""
    gases.build(data / "materials" / "gwp", out / "gases")
    raw_materials.build(data / "materials" / "crm", out / "crm")
    solvents.build(data / "materials" / "hansen", out / "solvents")


if __name__ == "__main__":
    main()
