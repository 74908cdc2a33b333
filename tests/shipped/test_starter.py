"""The starter corpus is what its index says, may be redistributed, and keeps its splits apart."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections import defaultdict

import pytest

from tests.shipped.conftest import SHIPPED, Rows, read_index

ROOT = SHIPPED / "starter"
LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl")
FREE = {
    "Apache-2.0",
    "BSD-3-Clause",
    "CC-BY-2.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC0-1.0",
    "LicenseRef-official-text",
    "LicenseRef-public-domain",
    "MIT",
    "MPL-2.0",
}
SHARE_ALIKE = {"CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0"}
RUN = 8
"""Words of a shingle."""


def base(tag: str) -> str:
    """`es-AR` counts as `es`; `ca-valencia` as itself."""
    return "es" if tag.startswith("es-") else tag


def text_bytes(starter: dict[str, Rows], split: str, language: str) -> int:
    return sum(
        len(row["text"].encode("utf-8"))
        for path, rows in starter.items()
        for row in rows
        if path.startswith(split + "/") and base(row["language"]) == language
    )


def test_every_file_is_in_the_index_with_its_digest_and_sizes(starter: dict[str, Rows]) -> None:
    index = read_index(ROOT / "starter.json")
    on_disk = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.zst")}
    assert index["schema"] == 1
    assert {file["path"] for file in index["files"]} == on_disk
    for file in index["files"]:
        raw = (ROOT / file["path"]).read_bytes()
        rows = starter[file["path"]]
        assert hashlib.sha256(raw).hexdigest() == file["sha256"], file["path"]
        assert len(raw) == file["bytes"]
        assert len(rows) == file["documents"]
        assert sum(len(row["text"].encode("utf-8")) for row in rows) == file["text_bytes"]
        assert {row["licence"] for row in rows} == set(file["licences"])


def test_all_shipped_text_fits_in_15_mb() -> None:
    folders = (ROOT, SHIPPED / "instructions")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 15_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_enough_text_in_each_split(
    starter: dict[str, Rows], language: str
) -> None:
    assert 3_000_000 <= text_bytes(starter, "train", language) <= 8_000_000
    assert text_bytes(starter, "held_out", language) >= 200_000
    assert text_bytes(starter, "unseen", language) >= 30_000


def test_licences_are_free_and_share_alike_is_in_files_of_its_own(
    starter: dict[str, Rows],
) -> None:
    for path, rows in starter.items():
        allowed = SHARE_ALIKE if path.endswith("-by-sa.jsonl.zst") else FREE
        assert {row["licence"] for row in rows} <= allowed, path


def test_rows_have_unique_names_and_the_tags_of_their_file(starter: dict[str, Rows]) -> None:
    every = [row for rows in starter.values() for row in rows]
    assert len({(row["language"], row["source"], row["id"]) for row in every}) == len(every)
    for path, rows in starter.items():
        split, name = path.split("/")
        language = name.removesuffix(".jsonl.zst").removesuffix("-by-sa")
        assert {base(row["language"]) for row in rows} == {language}
        assert {row["split"] for row in rows} == {split}
        for row in rows:
            assert set(row) <= {"id", "text", "language", "licence", "source", "date", "split"}
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", row.get("date", "2000-01-01"))


def test_text_is_clean(starter: dict[str, Rows]) -> None:
    control = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\ufeff\ufffd]")
    email = re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}")
    for rows in starter.values():
        for row in rows:
            text = row["text"]
            assert unicodedata.is_normalized("NFC", text), row["id"]
            assert len(text) >= 40, row["id"]
            assert text == text.strip()
            assert not control.search(text), row["id"]
            assert not email.search(text), row["id"]


def shingles(text: str) -> set[int]:
    words = re.findall(r"\w+", text.lower())
    runs = (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
    return {hash(run) for run in runs}


def test_held_out_and_unseen_documents_have_no_near_copy_in_any_training_text(
    starter: dict[str, Rows],
) -> None:
    apart = {
        (path, row["id"]): shingles(row["text"])
        for path, rows in starter.items()
        for row in rows
        if row["split"] != "train"
    }
    wanted = set().union(*apart.values())
    copied: set[int] = set()
    for rows in starter.values():
        for row in rows:
            if row["split"] == "train":
                copied |= shingles(row["text"]) & wanted
    for name, own in apart.items():
        assert len(own & copied) <= 0.21 * len(own) + 1, name


def test_no_document_or_list_line_of_a_split_apart_is_trained_on(
    starter: dict[str, Rows],
) -> None:
    lines: dict[str, set[int]] = defaultdict(set)
    documents: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for rows in starter.values():
        for row in rows:
            documents[row["split"]].add((base(row["language"]), row["id"]))
            lines[row["split"]].update(
                zlib.crc32(line.lower().encode("utf-8"))
                for line in row["text"].split("\n")
                if "/list#" in row["id"] and line.count(" ") >= 2
            )
    for split in ("held_out", "unseen"):
        assert not documents["train"] & documents[split]
        # A 32-bit checksum of so many lines may collide by chance.
        assert len(lines["train"] & lines[split]) <= 3


def test_nothing_of_an_unseen_source_is_trained_on(starter: dict[str, Rows]) -> None:
    sources: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for rows in starter.values():
        for row in rows:
            sources[row["split"]].add((base(row["language"]), row["source"]))
    assert {language for language, _ in sources["unseen"]} == set(LANGUAGES)
    assert not sources["unseen"] & (sources["train"] | sources["held_out"])


def test_help_chapters_are_held_out_in_all_languages_alike(starter: dict[str, Rows]) -> None:
    chapters: dict[str, set[str]] = defaultdict(set)
    for rows in starter.values():
        for row in rows:
            if row["source"] == "libreoffice-help":
                chapters[row["split"]].add(row["id"].rsplit("#", 1)[0])
    assert chapters["held_out"]
    assert not chapters["held_out"] & chapters["train"]


def test_the_notice_names_every_source_and_licence(starter: dict[str, Rows]) -> None:
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    for rows in starter.values():
        for row in rows:
            assert f"### {row['source']} ({base(row['language'])})" in notice
            assert f"- {row['licence']}: " in notice
    for part in read_index(ROOT / "starter.json")["sources"]:
        assert part["author"] in notice
        assert part["written"] in notice


def test_the_datasheet_states_what_is_missing() -> None:
    sheet = (ROOT / "DATASHEET.md").read_text(encoding="utf-8")
    for heading in ("## Shortfalls", "## Licence doubts", "## Held-out and unseen text"):
        assert heading in sheet
