"""The shipped acids and their language model are what their indexes say, free, and without CF2."""

from __future__ import annotations

import hashlib
import json

import pytest
from rdkit import Chem

from tertulia.discover.generators.selfies_words import molecule_of
from tertulia.discover.molecules.acid import acid_of
from tertulia.recipe import load_recipe
from tests.shipped.conftest import SHIPPED, Rows, read_index, read_rows

ROOT = SHIPPED / "molecules"
MODEL = SHIPPED / "selfies_model"
FREE = {"Apache-2.0", "MIT"}


@pytest.fixture(scope="module")
def acids() -> dict[str, Rows]:
    """Split -> its rows."""
    return {split: read_rows(ROOT / split / "acids.jsonl.zst") for split in ("train", "held_out")}


def test_every_file_is_in_the_index_with_its_digest_and_sizes(acids: dict[str, Rows]) -> None:
    index = read_index(ROOT / "molecules.json")
    on_disk = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.zst")}
    assert {file["path"] for file in index["files"]} == on_disk
    for file in index["files"]:
        raw, rows = (ROOT / file["path"]).read_bytes(), acids[file["split"]]
        assert hashlib.sha256(raw).hexdigest() == file["sha256"]
        assert (len(raw), len(rows)) == (file["bytes"], file["documents"])
        assert len({row["id"].split(" ")[0] for row in rows}) == file["molecules"]
    assert sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) <= 800_000


def test_every_row_is_free_and_its_source_is_named(acids: dict[str, Rows]) -> None:
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    for split, rows in acids.items():
        assert {row["licence"] for row in rows} <= FREE
        assert {row["split"] for row in rows} == {split}
        assert all(f"## {source}\n" in notice for source in {row["source"] for row in rows})


def test_no_acid_stands_in_two_splits(acids: dict[str, Rows]) -> None:
    train, held_out = ({row["id"].split(" ")[0] for row in rows} for rows in acids.values())
    assert train and held_out and not train & held_out


def test_rows_write_the_acid_that_their_id_says_and_none_is_perfluorinated(
    acids: dict[str, Rows],
) -> None:
    several_fluorines = Chem.MolFromSmarts("[#6](F)F")
    for rows in acids.values():
        for row in rows[:: len(rows) // 200]:
            acid = acid_of(str(molecule_of(row["text"])))
            assert acid.anion == row["id"].split(" ")[0]
            assert not Chem.MolFromSmiles(acid.smiles).HasSubstructMatch(several_fluorines)


def test_the_model_is_of_these_acids_small_and_described() -> None:
    facts = json.loads((MODEL / "selfies_model.json").read_text(encoding="utf-8"))
    for name, digest in facts["sha256"].items():
        assert hashlib.sha256((MODEL / name).read_bytes()).hexdigest() == digest
    index = (ROOT / "molecules.json").read_bytes()
    assert facts["trained_on_sha256"] == hashlib.sha256(index).hexdigest()
    assert facts["licence"] == "Apache-2.0" and facts["parameters"] <= 3_000_000
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 6_000_000
    assert facts["name"] in (MODEL / "CARD.md").read_text(encoding="utf-8")


def test_its_recipe_is_the_one_that_is_shipped() -> None:
    recipe = load_recipe("molecules").recipe
    config = json.loads((MODEL / "config.json").read_text(encoding="utf-8"))
    assert recipe.corpus.sources == ("molecules",)
    assert (recipe.model.width, recipe.model.depth) == (
        config["hidden_size"],
        config["num_hidden_layers"],
    )
    assert config["vocab_size"] <= recipe.tokenizer.vocabulary
