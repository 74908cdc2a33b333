"""Opening files: what their names say, and what is wrong with their bytes."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pytest
import zstandard

from tertulia.corpus import opening
from tertulia.corpus.opening import file_format, open_bytes, whole_bytes
from tertulia.errors import DataError

_PACK = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}
_TEXT = b"".join(b"%d auga\n" % (i * 7919) for i in range(20_000))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jsonl", "jsonl"), ("A.NDJSON.GZ", "jsonl"), ("a.md", "txt"), ("a.warc.gz", "warc"),
        ("dump.xml.bz2", "wiki"), ("a.parquet", "parquet"), ("a.parquet.zst", None),
        ("a.docx", "docx"), ("a.docx.gz", None), ("a.html.xz", "html"), ("a.json", None),
        ("a", None), ("a.gz", None),
    ],
)  # fmt: skip
def test_a_name_says_the_format(name: str, kind: str | None) -> None:
    assert file_format(Path(name)) == kind


@pytest.mark.parametrize("suffix", sorted(_PACK))
def test_one_or_several_streams_end_to_end_are_one_text(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(_PACK[suffix](_TEXT[:99]) + _PACK[suffix](_TEXT[99:]))
    assert whole_bytes(path) == _TEXT


@pytest.mark.parametrize("suffix", sorted(_PACK))
@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_half_a_stream_is_an_error(tmp_path: Path, suffix: str, keep: float) -> None:
    packed = _PACK[suffix](_TEXT)
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(packed[: int(len(packed) * keep)])
    with pytest.raises(DataError) as caught:
        whole_bytes(path)
    assert caught.value.code == "corpus.truncated"


@pytest.mark.parametrize("suffix", sorted(_PACK))
def test_other_content_is_damaged(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(b"only words, and no stream of any kind")
    with pytest.raises(DataError) as caught:
        whole_bytes(path)
    assert caught.value.code == "corpus.damaged"


@pytest.mark.parametrize("suffix", sorted(_PACK))
def test_what_swells_out_of_proportion_is_too_large(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "FREE_BYTES", 1 << 20)
    monkeypatch.setattr(opening, "MAX_RATIO", 100)
    path = tmp_path / f"a.txt{suffix}"
    path.write_bytes(_PACK[suffix](bytes(16 << 20)))
    with pytest.raises(DataError) as caught, open_bytes(path) as stream:
        while stream.read(1 << 16):
            pass
    assert caught.value.code == "corpus.too-large"


def test_a_document_beyond_memory_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MAX_DOCUMENT_BYTES", 10)
    (tmp_path / "a.txt").write_bytes(b"0123456789")
    assert len(whole_bytes(tmp_path / "a.txt")) == 10
    (tmp_path / "a.txt").write_bytes(b"0123456789a")
    with pytest.raises(DataError) as caught:
        whole_bytes(tmp_path / "a.txt")
    assert caught.value.code == "corpus.too-large"


def test_a_folder_in_a_files_place_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(DataError) as caught:
        whole_bytes(tmp_path / "a.txt")
    assert caught.value.code == "corpus.unreadable"
