"""Which files a source has, how they are shared out, and settings that cannot be right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tertulia.corpus.readers import Broken, extras, files, plan_shards, read_files, source_files
from tertulia.errors import DataError, MissingExtraError
from tertulia.recipe.sources import ResolvedSource
from tests.corpus.readers.samples import FIRST, html, json_lines, pdf


def _folder(folder: Path, sizes: dict[str, int]) -> ResolvedSource:
    for name, size in sizes.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * size)
    return ResolvedSource(name="s", path=folder)


def test_shards_are_consecutive_files_of_bounded_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SHARD_BYTES", 100)
    sizes = {"a.txt": 60, "b.txt": 40, "c.txt": 1, "d.txt": 500, "e.txt": 0, "f.txt": 99}
    shards = plan_shards(_folder(tmp_path, sizes))
    assert [[path.name[0] for path in shard] for shard in shards] == [
        ["a", "b"], ["c"], ["d"], ["e", "f"],
    ]  # fmt: skip


def test_shards_read_apart_give_what_the_source_gives(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.jsonl").write_bytes(json_lines(5))
    source = ResolvedSource(name="s", path=tmp_path)
    whole = [row for f in read_files(source, source_files(source)[0]) for row in f.to_dicts()]
    again = ResolvedSource.from_json(json.loads(json.dumps(source.as_json())))
    apart = [
        row
        for path in source_files(source)[0]
        for frame in read_files(again, [Path(str(path))])
        for row in frame.to_dicts()
    ]
    assert apart == whole
    assert len(whole) == 15


def test_a_pattern_chooses_files(tmp_path: Path) -> None:
    _folder(tmp_path, {"a.txt": 1, "b/c.txt": 1, "b/d/e.txt": 1, "b/d.md": 1, "b/.f.txt": 1})
    for pattern, expected in {
        "**/*.txt": ["a.txt", "c.txt", "e.txt"],
        "b/*.txt": ["c.txt"],
        "b/**": ["c.txt", "d.md", "e.txt"],
        "?.txt": ["a.txt"],
    }.items():
        source = ResolvedSource(name="s", path=tmp_path, pattern=pattern)
        assert [path.name for path in source_files(source)[0]] == expected


def test_text_bytes_of_a_batch_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tertulia.corpus.readers.batches.BATCH_BYTES", 200)
    (tmp_path / "a.jsonl").write_bytes(json_lines(20))
    (tmp_path / "b.txt").write_text(FIRST * 10, encoding="utf-8")
    source = ResolvedSource(name="s", path=tmp_path)
    frames = list(read_files(source, source_files(source)[0]))
    assert all(len(f) == 1 or f["text"].str.len_bytes().sum() <= 200 for f in frames)
    assert sum(map(len, frames)) == 21


def test_a_text_field_that_no_row_has_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(json_lines(5))
    source = ResolvedSource(name="s", path=tmp_path, text_field="corpo")
    told: list[Broken] = []
    with pytest.raises(DataError) as caught:
        list(read_files(source, source_files(source)[0], told.append))
    assert caught.value.code == "corpus.no-text"


def test_a_table_without_the_field_costs_itself_where_others_have_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("nome\nx\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("text\nx\n", encoding="utf-8")
    source = ResolvedSource(name="s", path=tmp_path)
    told: list[Broken] = []
    frames = list(read_files(source, source_files(source)[0], told.append))
    assert [frame["text"].to_list() for frame in frames] == [["x"]]
    assert [(event.path, event.reason) for event in told] == [("a.csv", "file-damaged")]


def test_a_split_that_does_not_exist_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x", "split": "dev"}\n', encoding="utf-8")
    source = ResolvedSource(name="s", path=tmp_path)
    with pytest.raises(DataError) as caught:
        list(read_files(source, source_files(source)[0], print))
    assert caught.value.code == "corpus.unknown-split"


@pytest.mark.parametrize(
    ("name", "content", "package"),
    [("a.html", html(), "resiliparse"), ("a.pdf", pdf("x"), "pypdf")],
)
def test_a_missing_package_is_named_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, package: str
) -> None:
    (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(extras.importlib.util, "find_spec", lambda found: None)
    with pytest.raises(MissingExtraError) as caught:
        plan_shards(ResolvedSource(name="s", path=tmp_path))
    assert caught.value.code == "corpus.missing-extra"
    assert package in caught.value.what and "tertulia[documents]" in str(caught.value.remedy)
