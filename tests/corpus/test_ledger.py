"""Nothing is dropped silently, and not too much."""

from __future__ import annotations

import polars as pl
import pytest

from tertulia.corpus.ledger import Ledger
from tertulia.errors import DataError


def _frame(*rows: tuple[str, str | None, str | None]) -> pl.DataFrame:
    """(text, language, reason)"""
    schema = {"text": pl.String, "language": pl.String, "dropped": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.lit("s").alias("source"))


def test_drops_are_counted_by_step_reason_language_and_source_over_batches() -> None:
    ledger = Ledger()
    ledger.read("s", rows=5)
    ledger.record("normalise", _frame(("ab", "gl", None), ("", "gl", "empty"), ("", None, "empty")))
    ledger.record("normalise", _frame(("ñ", "gl", "empty"), ("x", "gl", None)))
    assert ledger.as_json() == {
        "schema": 1,
        "drops": [
            {"step": "normalise", "reason": "empty", "language": "gl", "source": "s",
             "documents": 2, "bytes": 2},
            {"step": "normalise", "reason": "empty", "language": "und", "source": "s",
             "documents": 1, "bytes": 0},
        ],
        "funnel": [
            {"step": "read", "documents_in": 5, "documents_out": 5},
            {"step": "normalise", "documents_in": 5, "documents_out": 2},
        ],
    }  # fmt: skip
    assert ledger.drops() == {"empty": 3}


def test_files_of_other_kinds_are_counted_too() -> None:
    ledger = Ledger()
    ledger.read("s", rows=2, lost={"file-not-read": (1, 10)})
    assert ledger.drops() == {"file-not-read": 1}
    ledger.check(0.0)


def test_a_step_that_drops_more_than_the_bound_stops_the_run() -> None:
    ledger = Ledger()
    ledger.record("licence", _frame(("a", "gl", "licence-unknown"), ("b", "gl", None)))
    ledger.check(0.5)
    with pytest.raises(DataError) as caught:
        ledger.check(0.49)
    assert caught.value.code == "corpus.dropped-too-much"
    assert "'licence' dropped 1 of 2 documents (1 licence-unknown)" in str(caught.value)


def test_languages_that_the_recipe_does_not_ask_for_are_no_loss() -> None:
    ledger = Ledger()
    rows = [("a", "es", "language-not-wanted")] * 9 + [("b", "gl", None)]
    ledger.record("language", _frame(*rows))
    ledger.check(0.1)


def test_ledgers_of_workers_add_up_in_the_order_of_steps() -> None:
    frames = [
        _frame(("ab", "gl", None), ("", "gl", "empty")),
        _frame(("", "gl", "empty"), ("c", "es", None), ("d", "es", "too-short")),
    ]
    whole, merged = Ledger(["read", "first", "second"]), Ledger(["read", "first", "second"])
    for frame in frames:
        part = Ledger()
        for ledger in (whole, part):
            ledger.record("second", frame)
            ledger.read("s", rows=len(frame), lost={"bad-row": (1, 7)})
        merged.add(part.as_json())
    assert merged.as_json() == whole.as_json()
    assert [entry["step"] for entry in merged.as_json()["funnel"]] == ["read", "first", "second"]


def test_a_step_that_splits_documents_gives_more_than_it_got() -> None:
    ledger = Ledger()
    ledger.record("segments", _frame(("a", "gl", None), ("b", "es", None)), documents_in=1)
    assert ledger.as_json()["funnel"] == [
        {"step": "segments", "documents_in": 1, "documents_out": 2}
    ]
