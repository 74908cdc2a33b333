"""Equal texts: one stays, and it is the held-out one."""

from __future__ import annotations

import polars as pl
import pytest

from tertulia.corpus.duplicates import exact_duplicates, repeated_ids

_Row = tuple[str, str, str, str]


def _reasons(*rows: _Row) -> list[str | None]:
    columns = ("id", "revision", "source", "split")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return exact_duplicates().apply(frame)["dropped"].to_list()


@pytest.mark.parametrize("split", ["held_out", "unseen"])
def test_a_training_document_equal_to_one_that_is_measured_is_dropped(split: str) -> None:
    rows = (("a/1", "r", "a", "train"), ("z/9", "r", "z", split), ("b/1", "q", "b", "train"))
    assert _reasons(*rows) == ["in-held-out", None, None]


def test_held_out_wins_over_unseen() -> None:
    assert _reasons(("a/1", "r", "a", "unseen"), ("b/1", "r", "b", "held_out")) == [
        "duplicate",
        None,
    ]


def test_of_equal_training_documents_the_first_by_source_and_id_stays() -> None:
    rows = (("b/1", "r", "b", "train"), ("a/2", "r", "a", "train"), ("a/1", "r", "a", "train"))
    assert _reasons(*rows) == ["duplicate", "duplicate", None]


def test_of_different_texts_under_one_id_the_first_stays() -> None:
    frame = pl.DataFrame({"id": ["a/1", "a/1", "a/2"], "split": ["train", "held_out", "train"]})
    assert repeated_ids().apply(frame)["dropped"].to_list() == ["id-repeated", None, None]


def test_rows_keep_their_order_and_columns() -> None:
    frame = pl.DataFrame(
        [(f"s/{i}", f"r{i * 7 % 5}", "s", "train") for i in range(50)],
        schema=["id", "revision", "source", "split"], orient="row",
    )  # fmt: skip
    result = exact_duplicates().apply(frame)
    assert result.columns == [*frame.columns, "dropped"]
    assert result.drop("dropped").equals(frame)
    assert result["dropped"].null_count() == 5
