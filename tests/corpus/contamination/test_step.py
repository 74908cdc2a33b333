"""Evaluation text in the corpus is found, however it is dressed; other text is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertulia.corpus.contamination.index import (
    build_index,
    index_meta,
    is_index,
    load_index,
    prepare_index,
)
from tertulia.corpus.contamination.step import contamination, contamination_decision
from tertulia.errors import DataError
from tertulia.recipe.contamination_spec import ContaminationSpec

LONG = (
    "A primeira frase desta proba é longa abondo para ter máis de trece palabras, e por iso "
    "deixa varias pegadas no índice."
)
SHORT = "Zein da Euskal Herriko mendirik garaiena, Txindoki ala Aizkorri?"
FILLER = " ".join(f"paraula{n}" for n in range(300))


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return build_index({"gl-suite": [LONG, "Si"], "eu-suite": [SHORT, SHORT]}, tmp_path / "index")


def _found(index: Path, *texts: str | None) -> list[tuple[int, float, str | None]]:
    frame = pl.DataFrame({"text": list(texts)}, schema={"text": pl.String})
    columns = ("contamination.ngrams", "contamination.share", "contamination.suite")
    return contamination(index).apply(frame).select(columns).rows()


def test_a_text_of_a_suite_is_found_whatever_its_case_and_punctuation(index: Path) -> None:
    dressed = LONG.upper().replace(",", " —").replace(" ", "\n")
    for text, words in ((LONG, 22), (dressed, 22), (f"{FILLER} {LONG} {FILLER}", 622)):
        ((ngrams, share, suite),) = _found(index, text)
        assert (ngrams, suite) == (10, "gl-suite")
        assert share == pytest.approx(22 / words)


def test_a_short_text_counts_as_a_whole_and_a_very_short_one_not_at_all(index: Path) -> None:
    assert _found(index, f"{FILLER} {SHORT.lower()}")[0][::2] == (1, "eu-suite")
    assert _found(index, SHORT.removesuffix("Aizkorri?")) == [(0, 0.0, None)]
    assert _found(index, "Si") == [(0, 0.0, None)]
    meta = index_meta(index)["suites"]
    assert meta["gl-suite"] == {"texts": 2, "too_short": 1, "ngrams": 10}
    assert meta["eu-suite"] == {"texts": 1, "too_short": 0, "ngrams": 1}


def test_runs_do_not_reach_over_the_end_of_a_document(index: Path) -> None:
    words = LONG.split()
    assert _found(index, " ".join(words[:12]), " ".join(words[12:])) == [(0, 0.0, None)] * 2


def test_the_suite_with_most_runs_is_named(index: Path) -> None:
    assert _found(index, f"{SHORT} {LONG} {SHORT}")[0][::2] == (12, "gl-suite")


def test_one_word_that_differs_costs_the_runs_around_it_and_no_other(index: Path) -> None:
    words = LONG.split()
    words[2] = "oración"
    assert _found(index, " ".join(words))[0][0] == 7


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([LONG, SHORT, FILLER, "", None]), min_size=1), st.data())
def test_counts_do_not_depend_on_the_batch(
    index: Path, texts: list[str | None], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(texts)))
    parts = [row for part in (texts[:cut], texts[cut:]) if part for row in _found(index, *part)]
    assert _found(index, *texts) == parts == [_found(index, text)[0] for text in texts]


def test_the_step_keeps_rows_and_columns_and_drops_nothing(index: Path) -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "text": [LONG, FILLER], "quality.words": [3, 4]})
    result = contamination(index).apply(frame)
    assert result.select(frame.columns).equals(frame)
    assert result["dropped"].to_list() == [None, None]
    assert result.schema == contamination(index).apply(frame.clear()).schema
    assert result.schema["contamination.ngrams"] == pl.Int32
    assert result.schema["contamination.share"] == pl.Float32


@pytest.mark.parametrize(
    ("spec", "dropped"),
    [
        (ContaminationSpec(), ["contaminated", "contaminated", None]),
        (ContaminationSpec(max_share=0.5), ["contaminated", None, None]),
        (ContaminationSpec(max_ngrams=10), [None, None, None]),
    ],
)
def test_the_recipe_decides_from_the_counts(
    index: Path, spec: ContaminationSpec, dropped: list[str | None]
) -> None:
    frame = pl.DataFrame({"text": [LONG, f"{FILLER} {LONG}", FILLER]})
    counted = contamination(index).apply(frame)
    assert contamination_decision(spec).apply(counted)["dropped"].to_list() == dropped


def test_an_index_is_the_same_bytes_in_any_order_of_suites(tmp_path: Path) -> None:
    one = build_index({"b": [SHORT, LONG], "a": [LONG]}, tmp_path / "one")
    two = build_index({"a": [LONG], "b": [LONG, SHORT]}, tmp_path / "two")
    for name in ("index.json", "hashes.u64", "suites.u16"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert _found(one, LONG)[0][2] == "a"


def test_an_index_built_anew_in_the_same_place_is_the_one_that_counts(index: Path) -> None:
    assert _found(index, SHORT)[0][0] == 1
    build_index({"gl-suite": [LONG]}, index)
    assert _found(index, SHORT)[0][0] == 0


def test_files_and_indexes_become_one_index(tmp_path: Path, index: Path) -> None:
    (tmp_path / "third.jsonl").write_text(json.dumps({"q": FILLER}))
    both = prepare_index([tmp_path / "third.jsonl", index], tmp_path / "both")
    assert load_index(both).suites == ("eu-suite", "gl-suite", "third")
    assert is_index(both) and not is_index(tmp_path)
    found = _found(both, LONG, SHORT, FILLER)
    assert [suite for _, _, suite in found] == ["gl-suite", "eu-suite", "third"]
    assert found[:2] == _found(index, LONG, SHORT)


def test_an_index_of_another_n_is_refused(tmp_path: Path, index: Path) -> None:
    with pytest.raises(DataError, match="n = 13, the recipe asks 8"):
        prepare_index([index], tmp_path / "both", n=8, shortest=5)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    assert _found(build_index({}, tmp_path / "empty"), LONG) == [(0, 0.0, None)]


@pytest.mark.parametrize("damage", ["hashes.u64", "index.json", "suites.u16"])
def test_a_damaged_index_is_an_error(index: Path, damage: str) -> None:
    (index / damage).write_bytes(b"{}")
    with pytest.raises(DataError) as caught:
        load_index(index)
    assert caught.value.code == "corpus.bad-index"
    (index / damage).unlink()
    with pytest.raises(DataError, match="cannot be read"):
        load_index(index)
