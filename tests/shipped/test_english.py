"""The English text is what its index says, may be redistributed, and keeps its splits apart."""

from __future__ import annotations

import hashlib

import pytest

from tests.shipped.conftest import SHIPPED, Rows, read_index, read_rows

ROOT = SHIPPED / "english"
FREE = {"LicenseRef-public-domain", "LicenseRef-us-government-work", "MPL-2.0"}


@pytest.fixture(scope="module")
def english() -> dict[str, Rows]:
    """Split -> its rows."""
    return {
        split: read_rows(ROOT / split / "en.jsonl.zst") for split in ("train", "held_out", "unseen")
    }


def test_every_file_is_in_the_index_with_its_digest_and_sizes(english: dict[str, Rows]) -> None:
    index = read_index(ROOT / "english.json")
    on_disk = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.zst")}
    assert {file["path"] for file in index["files"]} == on_disk
    for file in index["files"]:
        raw, rows = (ROOT / file["path"]).read_bytes(), english[file["split"]]
        assert hashlib.sha256(raw).hexdigest() == file["sha256"]
        assert (len(raw), len(rows)) == (file["bytes"], file["documents"])
        assert sum(len(row["text"].encode()) for row in rows) == file["text_bytes"]
    assert sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) <= 600_000


def test_every_row_is_english_and_free(english: dict[str, Rows]) -> None:
    for split, rows in english.items():
        assert {row["language"] for row in rows} == {"en"}
        assert {row["licence"] for row in rows} <= FREE
        assert {row["split"] for row in rows} == {split}
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    sources = {(row["source"], row["licence"]) for rows in english.values() for row in rows}
    assert all(f"## {name}\n" in notice and f"Licence: {licence}" in notice
               for name, licence in sources)  # fmt: skip


def test_unseen_sources_are_whole_and_of_their_own(english: dict[str, Rows]) -> None:
    def sources(split: str) -> set[str]:
        return {row["source"] for row in english[split]}

    assert len(sources("unseen")) >= 2
    assert not sources("unseen") & (sources("train") | sources("held_out"))
    assert sources("held_out") <= sources("train")


def test_no_text_stands_in_two_splits(english: dict[str, Rows]) -> None:
    def sentences(split: str) -> set[str]:
        texts = (row["text"] for row in english[split])
        return {line for text in texts for line in text.split("\n") if len(line) > 60}

    train = sentences("train")
    for split in ("held_out", "unseen"):
        assert not sentences(split) & train


def test_there_is_enough_to_train_on_and_to_measure(english: dict[str, Rows]) -> None:
    sizes = {split: sum(len(row["text"]) for row in rows) for split, rows in english.items()}
    assert sizes["train"] > 500_000 and sizes["held_out"] > 50_000 and sizes["unseen"] > 100_000
