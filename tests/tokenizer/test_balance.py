"""Languages weigh the same, sources by the words that others use too."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.errors import DataError
from tertulia.tokenizer.balance import balanced, source_shares
from tertulia.tokenizer.sample import fair_parts, sampled_counts, sampled_documents


def _frame(**sources: dict[str, int]) -> pl.DataFrame:
    rows = [(s, piece, n) for s, pieces in sources.items() for piece, n in pieces.items()]
    schema = {"source": pl.String, "piece": pl.String, "count": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _weights(counts: dict[str, pl.DataFrame], **weights: dict[str, float]) -> dict[str, int]:
    named = {"language_weights": {}, "source_weights": {}, **weights}
    return dict(balanced(counts, **named).select("piece", "weight").iter_rows())


def test_a_language_with_ten_times_the_text_weighs_no_more() -> None:
    weights = _weights({"es": _frame(a={"casa": 1000}), "eu": _frame(b={"etxe": 100})})
    assert weights["casa"] == weights["etxe"]


def test_a_language_weight_is_in_proportion() -> None:
    counts = {"es": _frame(a={"casa": 10}), "eu": _frame(b={"etxe": 10})}
    weights = _weights(counts, language_weights={"es": 3.0})
    assert weights["casa"] == pytest.approx(3 * weights["etxe"])


def test_languages_weigh_the_same_by_bytes_and_not_by_words() -> None:
    weights = _weights({"es": _frame(a={"sol": 10}), "eu": _frame(b={"eguzki": 10})})
    assert weights["sol"] == pytest.approx(2 * weights["eguzki"])


def test_nothing_weighs_nothing() -> None:
    assert _weights({"es": _frame()}) == _weights({}) == {}


def test_a_word_that_languages_share_gets_the_weights_of_both() -> None:
    weights = _weights({"es": _frame(a={"no": 1}), "gl": _frame(b={"no": 1})})
    assert list(weights) == ["no"]
    assert weights["no"] == 10**15


def test_a_source_of_words_that_nobody_else_uses_counts_less() -> None:
    everyday = {"el": 30, "pa": 30, "bo": 40}
    statute = {"el": 30, "precepte": 30, "ut": 40}
    shares = source_shares(_frame(a=everyday, b=statute, c={"pa": 50, "bo": 50}), {})
    assert shares["a"].part == pytest.approx(2 * shares["b"].part)
    assert sum(share.part for share in shares.values()) == pytest.approx(1)


def test_sixteen_times_the_same_text_counts_twice() -> None:
    text = {"el": 1, "pa": 2}
    shares = source_shares(_frame(a={k: 16 * n for k, n in text.items()}, b=text), {})
    assert shares["a"].part == pytest.approx(2 * shares["b"].part)


def test_a_source_weight_multiplies() -> None:
    frame = _frame(a={"el": 1}, b={"el": 1})
    assert source_shares(frame, {"a": 3.0})["a"].part == pytest.approx(0.75)


def test_within_a_source_a_word_counts_by_its_frequency() -> None:
    weights = _weights({"ca": _frame(a={"el": 30, "pa": 10})})
    assert weights["el"] == pytest.approx(3 * weights["pa"])


def test_the_order_of_rows_changes_nothing() -> None:
    frame = _frame(**{f"s{n}": {f"w{k}": 1 + k * n % 7 for k in range(40)} for n in range(9)})
    turned = frame.sample(fraction=1, shuffle=True, seed=3)
    assert _weights({"ca": frame}) == _weights({"ca": turned})


@given(
    sizes=st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 50), min_size=1),
    whole=st.integers(0, 300),
)
def test_parts_use_what_there_is_and_no_more(sizes: dict[str, int], whole: int) -> None:
    parts = fair_parts(sizes, whole)
    assert sum(parts.values()) == min(whole, sum(sizes.values()))
    assert all(0 <= parts[name] <= size for name, size in sizes.items())
    # Who does not give all it has gives no less than anybody else, but for a byte of rounding.
    least = min((parts[n] for n in sizes if parts[n] < sizes[n]), default=300)
    assert all(part <= least + 1 for part in parts.values())


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A corpus of one language: one long source, one short one."""
    (tmp_path / "train").mkdir()
    rows = [("law", "article " * 20)] * 50 + [("talk", "com va això? ")] * 5
    columns = {
        "id": [str(n) for n in range(len(rows))],
        "source": pa.array([source for source, _ in rows]).dictionary_encode(),
        "text": [text for _, text in rows],
    }
    pq.write_table(pa.table(columns), tmp_path / "train" / "ca.parquet")
    return tmp_path


def test_a_short_source_is_taken_whole_and_a_long_one_cut(sources: Path) -> None:
    documents = pl.concat(sampled_documents(sources / "train" / "ca.parquet", 1000, seed=0))
    sizes = documents.group_by("source").agg(pl.col("text").str.len_bytes().sum())
    assert dict(sizes.iter_rows()) == {"talk": 5 * 14, "law": 1000 - 5 * 14}


def test_counts_come_source_by_source(sources: Path) -> None:
    counts = sampled_counts(sources, 10**6, seed=0)["ca"]
    assert counts.filter(piece=" va").rows() == [("talk", " va", 5)]
    assert counts.filter(source="law")["count"].sum() == 50 * 21


def test_another_seed_draws_other_documents(corpus: Path) -> None:
    def drawn(seed: int) -> list[str]:
        path = corpus / "train" / "ca.parquet"
        return sorted(pl.concat(sampled_documents(path, 300, seed))["text"])

    assert drawn(0) == drawn(0) != drawn(1)


def test_a_sample_gives_each_language_its_share_to_the_byte(corpus: Path) -> None:
    for path in sorted((corpus / "train").iterdir()):
        documents = pl.concat(sampled_documents(path, 1000, seed=0))
        assert documents["text"].str.len_bytes().sum() == pytest.approx(1000, abs=3)


def test_an_empty_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        sampled_counts(tmp_path, 100, 0)
    assert caught.value.code == "tokenizer.no-text"
