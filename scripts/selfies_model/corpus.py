"""Writes acids as a corpus that a recipe reads: rows of text, an index with digests, a notice."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import zstandard

from scripts.selfies_model.acids import TrainingAcid
from scripts.selfies_model.cores import SETS
from tertulia.discover.generators.selfies_words import molecule_of, writings
from tertulia.discover.molecules.acid import acid_of
from tertulia.errors import DataError

OWN = "fragments"
"""The source of acids that tertulia enumerates itself."""

LICENCES = {OWN: "Apache-2.0", **{one.source: one.licence for one in SETS}}
LANGUAGE = "en"
"""No language: a recipe has to name one, and for `en` there is no word list and no catalogue."""

_HELD_OUT = 0.03
_DATASHEET = Path(__file__).with_name("datasheet.md")


def write_corpus(
    acids: Sequence[TrainingAcid], out: Path, *, each: int, seed: int, left_out: Counter[str]
) -> dict[str, Any]:
    """Writes `train/` and `held_out/`, `molecules.json`, `NOTICE.md` and `DATASHEET.md`.

    Each acid stands in `each` writings, all in one split. Returns the index.
    """
    rows: dict[str, list[dict[str, str]]] = {"train": [], "held_out": []}
    for one in sorted(acids, key=lambda one: one.acid.anion):
        split = _split(one.acid.anion)
        texts = _texts(one, each, seed)
        if not texts:
            left_out[f"{one.source}: SELFIES or our words cannot write it"] += 1
        rows[split] += [
            {
                "id": f"{one.acid.anion} {number}",
                "text": text,
                "language": LANGUAGE,
                "licence": LICENCES[one.source],
                "source": one.source,
                "split": split,
            }
            for number, text in enumerate(texts)
        ]
    files = [_written(out, split, some) for split, some in rows.items()]
    kept = Counter(row["source"] for some in rows.values() for row in some)
    index = {
        "schema": 1,
        "files": files,
        "made_by": "scripts/selfies_model/build.py",
        "left_out": dict(sorted(left_out.items())),
    }
    (out / "molecules.json").write_text(_json(index), encoding="utf-8")
    (out / "NOTICE.md").write_text(_notice(kept), encoding="utf-8")
    table = "\n".join(
        f"| {file['split']} | {file['molecules']:,} | {file['documents']:,} | "
        f"{file['text_bytes'] // 1000:,} | {file['bytes'] // 1000:,} |"
        for file in files
    )
    sheet = _DATASHEET.read_text(encoding="utf-8").replace("TABLE\n", table + "\n")
    (out / "DATASHEET.md").write_text(sheet, encoding="utf-8")
    return index


def _split(anion: str) -> str:
    draw = int.from_bytes(hashlib.sha256(f"molecules\0{anion}".encode()).digest()[:8], "big")
    return "held_out" if draw < _HELD_OUT * 2**64 else "train"


def _texts(one: TrainingAcid, each: int, seed: int) -> list[str]:
    """Writings that read back as the same anion."""
    own = int.from_bytes(hashlib.sha256(one.acid.anion.encode()).digest()[:4], "big")
    return [
        text
        for text in writings(one.acid.smiles, each, seed=seed + own)
        if _anion(text) == one.acid.anion
    ]


def _anion(text: str) -> str | None:
    smiles = molecule_of(text)
    try:
        return acid_of(smiles).anion if smiles else None
    except DataError:
        return None


def _written(out: Path, split: str, rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    path = out / split / "acids.jsonl.zst"
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    content = zstandard.ZstdCompressor(level=19).compress(plain)
    path.write_bytes(content)
    return {
        "path": path.relative_to(out).as_posix(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "text_bytes": sum(len(row["text"].encode()) for row in rows),
        "documents": len(rows),
        "molecules": len({row["id"].split(" ")[0] for row in rows}),
        "language": LANGUAGE,
        "split": split,
        "licences": dict(sorted(Counter(row["licence"] for row in rows).items())),
    }


def _notice(kept: Mapping[str, int]) -> str:
    parts = [
        "# Notice\n\nEvery row names its licence and its source. A row of another's set is an acid "
        "of it, or an acid that\nscripts/selfies_model drew on a molecule of it; measured values "
        "were not taken over.\n"
    ]
    if kept.get(OWN):
        parts.append(
            f"## {OWN}\n\n- By: the tertulia project, enumerated from groups\n"
            f"- Licence: {LICENCES[OWN]}\n- Rows: {kept[OWN]:,}\n"
        )
    parts += [
        f"## {one.source}\n\n- By: {one.by}\n- Licence: {one.licence} (of the repository; the "
        f"data have none of their own)\n- Taken from: {one.taken_from}\n"
        f"- Rows: {kept.get(one.source, 0):,}\n"
        for one in SETS
    ]
    return "\n".join(parts)


def _json(values: Any) -> str:
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"
