"""Objections, reservations and licences decide who is used, each with a reason of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tertulia.corpus.opt_outs import OptOuts, read_opt_outs
from tertulia.corpus.policy import licence, opt_out, policy, reservation
from tertulia.errors import DataError
from tertulia.recipe.policy_spec import PolicySpec

ID = "web/" + "0" * 23


def _frame(**columns: list[Any]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    names = ("id", "parent", "text", "language", "source", "licence", "url")
    filled = {name: columns.get(name, [None] * height) for name in (*names, *columns)}
    return pl.DataFrame(filled, schema=dict.fromkeys(filled, pl.String))


def _licences(
    *stated: str | None, allow: bool = False, allowed: tuple[str, ...] = ()
) -> list[tuple[str, str | None, str | None]]:
    step = licence(allow_unknown=allow, allowed=allowed)
    result = step.apply(_frame(licence=list(stated)))
    return result.select("licence", "licence.stated", "dropped").rows()


@pytest.mark.parametrize("stated", [None, "", " ", "unknown", "NOASSERTION", "LicenseRef-unknown"])
def test_a_document_without_licence_is_dropped_unless_allowed(stated: str | None) -> None:
    (dropped,), (kept,) = _licences(stated), _licences(stated, allow=True)
    assert (dropped[0], dropped[2]) == ("LicenseRef-unknown", "licence-unknown")
    assert (kept[0], kept[2]) == ("LicenseRef-unknown", None)


def test_what_is_no_spdx_expression_has_a_reason_of_its_own_and_stays_on_record() -> None:
    words = "see packages.json"
    assert _licences(words) == [("LicenseRef-unknown", words, "licence-not-spdx")]
    assert _licences(words, allow=True) == [("LicenseRef-unknown", words, None)]


def test_another_spelling_is_corrected_and_the_original_kept() -> None:
    assert _licences("CC-BY 4.0", "MIT") == [
        ("CC-BY-4.0", "CC-BY 4.0", None),
        ("MIT", None, None),
    ]


def test_an_allow_list_drops_the_rest_and_no_unknown_one_slips_through() -> None:
    rows = _licences("CC-BY-SA-4.0", "MIT", None, allowed=("CC-*",))
    assert [row[2] for row in rows] == [None, "licence-not-allowed", "licence-unknown"]


@pytest.mark.parametrize(
    ("entry", "url", "covered"),
    [
        ("example.org", "https://example.org/a", True),
        ("example.org", "http://www.EXAMPLE.org:8080/a", True),
        ("example.org", "https://notexample.org/a", False),
        ("https://example.org/blog", "http://example.org/blog", True),
        ("https://example.org/blog", "https://example.org/blog/2020?x=1", True),
        ("https://example.org/blog", "https://example.org/blogs", False),
        ("https://example.org/blog*", "https://example.org/blogs", True),
        ("https://example.org/", "https://example.org/blogs", True),
        ("example.org/~ana/", "https://example.org/~ana/x", True),
        ("https://example.org/blog", "https://www.example.org/blog", False),
        ('{"url": "https://example.org/a", "reason": "asked"}', "https://example.org/a", True),
        ('{"domain": "example.org", "date": "2026-01-01"}', "https://a.b.example.org", True),
    ],
)
def test_an_objection_covers_what_lies_below_it(
    tmp_path: Path, entry: str, url: str, covered: bool
) -> None:
    (tmp_path / "list.txt").write_text(f"# asked\n\n{entry}\n", encoding="utf-8")
    result = opt_out(read_opt_outs([tmp_path / "list.txt"])).apply(
        _frame(id=["a/1", "a/2"], url=[url, None])
    )
    assert result["dropped"].to_list() == ["opted-out" if covered else None, None]


def test_an_objection_to_a_document_covers_its_segments(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{ID}a\n", encoding="utf-8")
    step = opt_out(read_opt_outs([tmp_path / "list.txt"]))
    frame = _frame(id=[f"{ID}a", f"{ID}b", f"{ID}c"], parent=[None, f"{ID}a", None])
    assert step.apply(frame)["dropped"].to_list() == ["opted-out", "opted-out", None]


@pytest.mark.parametrize("line", ["two words", "{", '{"reason": "x"}', '{"id": 3}', "localhost",
                                  '{"id": "a/1", "url": "https://b.c"}'])  # fmt: skip
def test_an_objection_that_is_not_understood_stops_the_run(tmp_path: Path, line: str) -> None:
    (tmp_path / "list.txt").write_text(f"example.org\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"list\.txt, line 2") as caught:
        read_opt_outs([tmp_path / "list.txt"])
    assert caught.value.code == "corpus.bad-opt-out"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_unreadable_list_stops_the_run(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        read_opt_outs([tmp_path / "list.txt"])


@pytest.mark.parametrize(
    ("stated", "reserved"),
    [
        (None, False),
        ("", False),
        ("noai", True),
        ("noindex, NoImageAI", True),
        ("tdm-reservation: 1", True),
        ("tdm-reservation=1", True),
        ("tdm-reservation", True),
        ('tdm-reservation: "1"', True),
        ("1", True),
        ("tdm-reservation: 0", False),
        ("tdm-reservation: 0, tdm-policy: https://a.b/p.json", False),
        ("tdm-policy: https://a.b/p.json", True),
        ("robots.txt: /", True),
        ("noindex, nofollow", False),
        ("nonoai", False),
    ],
)
def test_reserved_rights_are_honoured(stated: str | None, reserved: bool) -> None:
    frame = _frame(reservation=[stated])
    dropped = reservation(honour=True).apply(frame)["dropped"].to_list()
    assert dropped == ["rights-reserved" if reserved else None]
    assert reservation(honour=False).apply(frame)["dropped"].to_list() == [None]


def test_a_frame_without_reservations_gets_an_empty_column() -> None:
    result = reservation(honour=True).apply(_frame(id=["a"]))
    assert result["reservation"].to_list() == [None] == result["dropped"].to_list()
    assert result.schema["dropped"] == pl.String


def test_the_policy_is_three_steps_on_frames_of_any_size(tmp_path: Path) -> None:
    (tmp_path / "list.jsonl").write_text(json.dumps({"id": f"{ID}a"}), encoding="utf-8")
    steps = policy(PolicySpec(licences=("CC0-*",)), [tmp_path / "list.jsonl"])
    assert [step.name for step in steps] == ["opt-out", "reservation", "licence"]
    for step in steps:
        frame = _frame(id=[f"{ID}a", "b"], licence=["CC0-1.0", "MIT"])
        whole, empty = step.apply(frame), step.apply(frame.clear())
        assert whole.schema == empty.schema
        assert whole.select(set(frame.columns) - {"licence"}).equals(
            frame.select(set(frame.columns) - {"licence"})
        )


def test_no_list_covers_nobody() -> None:
    frame = _frame(id=["a"], url=["https://a.b/c"])
    assert opt_out(OptOuts()).apply(frame)["dropped"].to_list() == [None]
