"""Fixes the test lines: `python -m scripts.language_id.test_lines --data DATA --packages FOLDER`.

Writes the number of lines and the SHA-256 of every set to benchmarks/language_id/test_lines.json,
and no text. With --check it compares instead, and exits 1 where a set differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts.language_id.reading import digest_of
from scripts.language_id.sentences import sentence_sets
from scripts.language_id.variety_documents import gazette_test, variety_documents

FIXED = Path(__file__).parents[2] / "benchmarks" / "language_id" / "test_lines.json"


def described(data: Path, packages: Path) -> dict[str, dict[str, dict[str, int | str]]]:
    """Counts and digests of every set."""
    sets = {f"{name} {tag}": lines for (name, tag), lines in sentence_sets(data, packages).items()}
    families = {f"{name} {tag}": texts for (name, tag), texts in variety_documents(data).items()}
    families["gazette-test ca-valencia"] = gazette_test(data)
    return {
        "sentences": {name: _figures(lines) for name, lines in sets.items() if lines},
        "documents": {name: _figures(texts) for name, texts in families.items() if texts},
    }


def _figures(lines: list[str]) -> dict[str, int | str]:
    return {"count": len(lines), "sha256": digest_of(lines)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the shared data")
    parser.add_argument("--packages", type=Path, required=True, help="unpacked packages")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    found = described(options.data, options.packages)
    if options.check:
        sys.exit(found != json.loads(FIXED.read_text(encoding="utf-8")))
    FIXED.parent.mkdir(exist_ok=True)
    FIXED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
