"""The starter conversations are licensed, short, and answered by their text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter

import pytest

from tests.shipped.conftest import SHIPPED, Rows, read_index
from tests.shipped.test_starter import FREE, LANGUAGES, SHARE_ALIKE

ROOT = SHIPPED / "instructions" / "starter"


def language_of(path: str) -> str:
    return path.removesuffix(".jsonl.zst").removesuffix("-by-sa")


def test_every_file_is_in_the_index_with_its_digest(conversations: dict[str, Rows]) -> None:
    index = read_index(ROOT / "instructions.json")
    assert {file["path"] for file in index["files"]} == {path.name for path in ROOT.glob("*.zst")}
    for file in index["files"]:
        raw = (ROOT / file["path"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == file["sha256"]
        assert len(conversations[file["path"]]) == file["documents"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_hundreds_of_conversations_of_several_kinds(
    conversations: dict[str, Rows], language: str
) -> None:
    rows = conversations[f"{language}.jsonl.zst"]
    tasks = Counter(row["task"] for row in rows)
    assert len(rows) >= 300
    assert tasks["talk"] >= 100
    assert tasks["translate"] >= 50
    assert len(tasks) >= 8


def test_conversations_alternate_and_are_short(conversations: dict[str, Rows]) -> None:
    sizes = []
    for path, rows in conversations.items():
        for row in rows:
            roles = [message["role"] for message in row["messages"]]
            assert roles == ["user", "assistant"] * (len(roles) // 2)
            assert row["language"] == language_of(path)
            texts = [message["content"] for message in row["messages"]]
            assert all(text.strip() and unicodedata.is_normalized("NFC", text) for text in texts)
            assert not any(re.search(r"\{\w*\}", text) for text in texts), texts
            sizes.append(sum(len(text.encode("utf-8")) for text in texts))
    assert max(sizes) <= 900
    assert sum(size < 700 for size in sizes) > 0.9 * len(sizes)


def test_licences_are_free_and_share_alike_is_in_files_of_its_own(
    conversations: dict[str, Rows],
) -> None:
    for path, rows in conversations.items():
        allowed = SHARE_ALIKE if path.endswith("-by-sa.jsonl.zst") else FREE
        assert {row["licence"] for row in rows} <= allowed
        assert all(row["source"] for row in rows)


def test_every_source_is_in_the_notice(conversations: dict[str, Rows]) -> None:
    notice = (SHIPPED / "starter" / "NOTICE.md").read_text(encoding="utf-8")
    sources = {row["source"] for rows in conversations.values() for row in rows}
    assert all(f"### {source} (" in notice for source in sources - {"tertulia-talk"})


def test_answers_on_a_passage_stand_in_the_passage(conversations: dict[str, Rows]) -> None:
    seen = Counter[str]()
    for rows in conversations.values():
        for row in rows:
            if row["task"] in ("begin", "end", "repeat", "about", "gap"):
                question, answer = (message["content"] for message in row["messages"])
                assert answer in question
                seen[row["task"]] += 1
    assert min(seen.values()) >= 50


def test_no_conversation_stands_twice(conversations: dict[str, Rows]) -> None:
    for path, rows in conversations.items():
        keys = [tuple(message["content"] for message in row["messages"]) for row in rows]
        assert len(set(keys)) == len(keys), path


def test_no_answer_or_question_is_held_out_text(
    starter: dict[str, Rows], conversations: dict[str, Rows]
) -> None:
    apart = {
        line.strip().lower()
        for rows in starter.values()
        for row in rows
        if row["split"] != "train"
        for line in row["text"].split("\n")
        if line.count(" ") >= 4
    }
    for rows in conversations.values():
        for row in rows:
            for message in row["messages"]:
                lines = {line.strip().lower() for line in message["content"].split("\n")}
                assert not lines & apart


def test_valencian_is_not_catalan(conversations: dict[str, Rows]) -> None:
    def words(path: str) -> Counter[str]:
        talk = [row for row in conversations[path] if row["task"] == "talk"]
        text = " ".join(message["content"] for row in talk for message in row["messages"])
        return Counter(re.findall(r"\w+", text.lower()))

    catalan, valencian = words("ca.jsonl.zst"), words("ca-valencia.jsonl.zst")
    for word in ("hui", "ací", "huit", "este", "eixida", "servici", "menut", "vesprada"):
        assert valencian[word] > 0, word
        assert catalan[word] == 0, word
    for word in ("avui", "aquí", "vuit", "petit", "tarda"):
        assert catalan[word] > 0, word
        assert valencian[word] == 0, word
