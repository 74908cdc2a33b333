"""Texts of suites are found in whatever files they come."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from tertulia.corpus.contamination.suites import index_files
from tertulia.errors import DataError


def _suite(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "a.jsonl.zst").write_bytes(
        zstandard.compress(json.dumps({"q": "zer da hau", "options": ["bat", "bi"]}).encode())
    )  # fmt: skip
    (folder / "b.json").write_text(json.dumps([{"context": {"text": "un contexto"}}]))
    (folder / "c.txt").write_text("primera línia\n\n segona \n", encoding="utf-8-sig")
    (folder / "d.tsv").write_text('a "quoted\tb\n')
    (folder / "e.csv").write_text('"c, d",e\n')
    (folder / "f.conllu").write_text("# sent_id = 1\n# text = Unha frase.\n1\tUnha\t_\n")
    pq.write_table(pa.table({"question": ["quina hora és"]}), folder / "g.parquet")
    (folder / "README.md").write_text("not a text of the suite")
    (folder / "SOURCE.json").write_text('{"licence": "no text either"}')
    (folder / "run.py").write_text("print()")
    return folder


def test_every_string_of_every_kind_of_file_is_a_text(tmp_path: Path) -> None:
    assert index_files([_suite(tmp_path / "ud")]) == {
        "ud": ["zer da hau", "bat", "bi", "un contexto", "primera línia", "segona",
               'a "quoted', "b", "c, d", "e", "Unha frase.", "quina hora és"]
    }  # fmt: skip


def test_folders_within_a_folder_are_suites(tmp_path: Path) -> None:
    _suite(tmp_path / "eval" / "one" / "deep")
    (tmp_path / "eval" / "two").mkdir()
    (tmp_path / "eval" / "two" / "x.txt").write_text("alpha")
    (tmp_path / "eval" / "y.txt").write_text("beta")
    found = index_files([tmp_path / "eval"])
    assert list(found) == ["eval", "one", "two"]
    assert found["two"] == ["alpha"] and found["eval"] == ["beta"]


def test_a_file_is_a_suite_of_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "mgsm_es.tsv").write_text("cuántos\t4\n")
    assert index_files([tmp_path / "mgsm_es.tsv"]) == {"mgsm_es": ["cuántos", "4"]}


def test_a_suite_without_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x")
    with pytest.raises(DataError) as caught:
        index_files([tmp_path])
    assert caught.value.code == "corpus.no-suite-text"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", b"{"), ("a.json", b"[1"), ("a.txt", b"\xff\xfe"), ("a.parquet", b"PAR1")],
)
def test_a_damaged_suite_is_an_error_and_not_a_clean_bill(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        index_files([tmp_path])
    assert caught.value.code == "corpus.bad-suite"
