"""Sources and licences are counted from the training text itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tertulia.errors import DataError
from tertulia.release.text_sources import TextSource, notice, text_sources


def _write(path: Path, rows: list[tuple[str, str, str, str, str | None]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ["text", "language", "source", "licence", "url"]
    schema = dict.fromkeys(columns, pl.String)
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    _write(
        tmp_path / "train" / "ca.parquet",
        [
            ("l·l", "ca", "blog", "CC-BY-4.0", "https://a.example/1"),
            ("dos", "ca", "blog", "CC-BY-4.0", "https://a.example/2"),
            ("llei", "ca", "law", "CC0-1.0", None),
        ],
    )
    _write(
        tmp_path / "train" / "es.parquet",
        [("ñ", "es-PE", "blog", "CC-BY-4.0", "http://b.example/x")],
    )
    _write(tmp_path / "held_out" / "es.parquet", [("no", "es", "secret", "CC0-1.0", None)])
    return tmp_path


def test_training_documents_are_counted_by_source_and_licence(corpus: Path) -> None:
    assert text_sources(corpus) == [
        TextSource(
            source="blog",
            licence="CC-BY-4.0",
            languages=("ca", "es-PE"),
            documents=3,
            bytes=4 + 3 + 2,
            sites=("http://b.example", "https://a.example"),
        ),
        TextSource(
            source="law", licence="CC0-1.0", languages=("ca",), documents=1, bytes=4, sites=()
        ),
    ]


def test_the_notice_names_every_source_and_its_licence(corpus: Path) -> None:
    text = notice("tertulia-7m-base-v0.1", "Apache-2.0", text_sources(corpus))
    for expected in ("blog", "law", "CC-BY-4.0", "CC0-1.0", "https://a.example"):
        assert expected in text
    assert "secret" not in text


def test_an_instruct_models_notice_names_its_conversations(corpus: Path) -> None:
    taught = [("help", "MPL-2.0"), ("mine", "CC0-1.0")]
    text = notice("m", "Apache-2.0", text_sources(corpus), taught)
    assert "help (conversations)\n  licence: MPL-2.0" in text
    assert "mine (conversations)\n  licence: CC0-1.0" in text


def test_a_corpus_without_training_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        text_sources(tmp_path)
    assert caught.value.code == "release.no-corpus"
