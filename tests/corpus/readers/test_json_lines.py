"""Many lines at once give what line by line gives, whatever is on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertulia.corpus.document import document_id
from tertulia.corpus.readers import json_lines
from tertulia.corpus.readers.finishing import document_ids
from tests.corpus.readers.read import read_bytes

_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.just(10**400), st.lists(st.integers(), max_size=2), st.just("\ud83d"), st.just("\0"),
)  # fmt: skip
_ROWS = st.one_of(
    st.fixed_dictionaries({"text": st.text(max_size=20)}, optional={"id": st.text(max_size=5)}),
    st.fixed_dictionaries({"text": st.text(max_size=9), "id": st.integers()}),
    st.dictionaries(st.sampled_from(["text", "id", "language", "url", "x"]), _VALUES),
)
_LINES = st.one_of(
    st.builds(lambda row, ascii: json.dumps(row, ensure_ascii=ascii), _ROWS, st.booleans()),
    st.sampled_from(
        ["", " ", "[1]", '{"text":"a"}{"text":"b"}', '{"text":"a","text":"b"}', '{"text":\n"a"}',
         '{"text":"a","x":Inf}', '{"text":"a","x":NaN}', '\ufeff{"text":"a"}', '{"text":"a"} ',
         '{"text":"a","x":' + "[" * 3000 + "]" * 3000 + "}", '{"text": "a"},', "{}",
         '{"text":"a","x":' + "9" * 5000 + "}", '{"text":"\\ud83d"}', '{"text":"\\ud83d\\ude00"}'],
    ),
)  # fmt: skip


def _written(lines: list[str], end: str) -> bytes:
    return "".join(line + end for line in lines).encode("utf-8", "surrogatepass")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(_LINES, max_size=6), end=st.sampled_from(["\n", "\r\n"]))
def test_fast_is_careful(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], end: str
) -> None:
    good = '{"text":"certo"}'
    content = _written([good, *lines], end)
    fast = read_bytes(tmp_path, "a.jsonl", content)
    plain_rows = json_lines.plain_rows
    with monkeypatch.context() as patched:
        # Only a line that Python gave up is shown to Arrow, never a block.
        patched.setattr(
            json_lines, "plain_rows",
            lambda block, *rest: None if block == content else plain_rows(block, *rest),
        )  # fmt: skip
        assert read_bytes(tmp_path, "a.jsonl", content) == fast
    alone = [read_bytes(tmp_path, "b.jsonl", _written([good, line], end)) for line in lines]
    assert len(fast[0]) == 1 + sum(len(rows) - 1 for rows, _ in alone)


@pytest.mark.parametrize("blocks", [1, 64, 1 << 22])
def test_blocks_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int) -> None:
    monkeypatch.setattr(json_lines, "BLOCK_BYTES", blocks)
    lines = [json.dumps({"text": f"liña {i} ñ"}) for i in range(50)]
    lines[7], lines[20] = "", "[1]"
    rows, (told,) = read_bytes(tmp_path, "a.jsonl", _written(lines, "\n"))
    assert told.where == "a.jsonl, line 21"
    assert [row["id"] for row in rows] == [
        document_id("s", "a.jsonl", str(i + 1)) for i in range(50) if i not in (7, 20)
    ]


@given(
    keys=st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), max_size=6)] * 3),
        min_size=1,
        max_size=5,
    )
)
def test_ids_made_together_are_those_made_alone(keys: list[tuple[str, str, str]]) -> None:
    import polars as pl

    frame = pl.DataFrame(keys, schema=["source", "native", "part"], orient="row")
    assert document_ids(frame) == [document_id(*key) for key in keys]


@pytest.mark.parametrize("value", [7, -0, 2.5, 10**30])
def test_numbers_as_ids_are_written_out(tmp_path: Path, value: Any) -> None:
    (row,), _ = read_bytes(
        tmp_path, "a.jsonl", _written([json.dumps({"text": "x", "id": value})], "")
    )
    assert row["id"] == document_id("s", str(value))
