"""Lines that many documents share are counted once a document and taken out everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.corpus.duplicates.lines import frequent_lines, line_counts, repeated_lines
from tertulia.errors import DataError
from tertulia.recipe.duplicates_spec import DuplicatesSpec

_SPEC = DuplicatesSpec(lines=2, line_letters=8)
_MENU = "Inici | Qui som | Contacte"
_NOTICE = "Aquest lloc utilitza galetes."


def _cleaned(texts: list[str | None], tmp_path: Path, parts: int = 1) -> pl.DataFrame:
    column = pl.Series("text", texts, dtype=pl.String)
    paths = []
    for number, slice_ in enumerate(np.array_split(np.arange(len(texts)), parts)):
        paths.append(tmp_path / f"{number}.parquet")
        line_counts(column[slice_.tolist()], _SPEC).write_parquet(paths[-1])
    frequent = frequent_lines(paths, _SPEC, 1 << 30)
    frame = pl.DataFrame({"id": [str(n) for n in range(len(texts))], "text": column})
    return repeated_lines(frequent, _SPEC).apply(frame)


def test_a_line_of_more_documents_than_allowed_goes_from_all(tmp_path: Path) -> None:
    bodies = ["Un text propi", "Un altre text", "I encara un de ben diferent"]
    texts = [f"{_MENU}\n{body}\n{_NOTICE.upper()}" for body in bodies]
    found = _cleaned([*texts, "Res a veure\namb això"], tmp_path)
    assert found["text"].to_list() == [*bodies, "Res a veure\namb això"]
    lost = len(_MENU.encode()) + len(_NOTICE.encode()) + 2
    assert found["lines.removed"].to_list() == [lost, lost, lost, 0]
    assert found["dropped"].to_list() == [None] * 4
    assert found.columns == ["id", "text", "lines.removed", "dropped"]
    assert found["lines.removed"].dtype == pl.Int32


def test_as_many_documents_as_allowed_keep_it(tmp_path: Path) -> None:
    texts = [f"{_MENU}\nUn text propi", f"{_MENU}\n{_MENU}\nUn altre text"]
    assert _cleaned(texts, tmp_path)["text"].to_list() == texts


def test_short_lines_and_texts_of_one_line_stay(tmp_path: Path) -> None:
    texts = ["Inici\nun", "Inici\ndos", "Inici\ntres", _MENU, f"\n{_MENU}\n", _MENU]
    found = _cleaned(texts, tmp_path)
    assert found["text"].to_list() == texts
    assert found["lines.removed"].sum() == 0


def test_a_document_of_repeated_lines_only_is_dropped_with_a_reason(tmp_path: Path) -> None:
    texts = [f"{_MENU}\n{_NOTICE}", f"{_MENU}\n{_NOTICE}\nI un text", f"{_NOTICE}\n\n{_MENU}"]
    found = _cleaned(texts, tmp_path)
    assert found["dropped"].to_list() == ["only-repeated-lines", None, "only-repeated-lines"]
    assert found["text"].to_list() == ["", "I un text", ""]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([_MENU, _NOTICE, "Un text propi i llarg", "", "sí"]), max_size=4),
        max_size=9,
    ),
    st.integers(1, 4),
)
def test_parts_and_memory_make_no_difference(
    tmp_path_factory: pytest.TempPathFactory, documents: list[list[str]], parts: int
) -> None:
    texts: list[str | None] = ["\n".join(lines) for lines in documents]
    folder = tmp_path_factory.mktemp("lines")
    one, other = _cleaned(texts, folder), _cleaned(texts, folder, parts)
    assert one.equals(other)
    counted = line_counts(pl.Series(texts, dtype=pl.String), _SPEC)
    expected = {
        line: sum(line in each for each in documents)
        for line in (_MENU, _NOTICE, "Un text propi i llarg")
    }
    assert sorted(counted["documents"]) == sorted(n for n in expected.values() if n)
    for before, after, lost in zip(texts, one["text"], one["lines.removed"], strict=True):
        assert len((before or "").encode()) - len(after.encode()) == lost


def test_counting_in_ranges_of_hashes_finds_the_same(tmp_path: Path) -> None:
    lots = np.random.default_rng(4)
    paths = []
    for number in range(3):
        hashes = np.unique(lots.integers(0, 2**64, 200_000, dtype=np.uint64) >> np.uint64(46))
        counts = {"hash": hashes << np.uint64(46), "documents": np.ones(len(hashes), np.uint32)}
        paths.append(tmp_path / f"{number}.parquet")
        pl.DataFrame(counts).write_parquet(paths[-1])
    whole = frequent_lines(paths, _SPEC, 1 << 30)
    assert len(whole) > 1000
    assert (np.diff(whole) > 0).all()
    assert np.array_equal(whole, frequent_lines(paths, _SPEC, 16_000_000))


def test_without_a_number_of_documents_nothing_is_repeated(tmp_path: Path) -> None:
    path = tmp_path / "0.parquet"
    line_counts(pl.Series([_MENU] * 9), DuplicatesSpec()).write_parquet(path)
    assert len(frequent_lines([path], DuplicatesSpec(), 1 << 30)) == 0


def test_too_little_memory_is_said_beforehand(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        frequent_lines([], _SPEC, 1_000_000)
    assert caught.value.code == "corpus.too-little-memory"
