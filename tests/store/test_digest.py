"""Keys say what an artifact is made from; digests say what it holds."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.errors import StoreError
from tertulia.store.digest import canonical_json, payload_digest, payload_files, stage_key

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def reordered(value: Any) -> Any:
    """The same value with keys the other way round and tuples for lists."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return tuple(reordered(item) for item in value)
    return value


@given(VALUES)
def test_equal_values_have_one_text(value: Any) -> None:
    text = canonical_json(value)
    assert canonical_json(reordered(value)) == text
    # What a manifest gives back has the key it was written with.
    assert canonical_json(json.loads(json.dumps(value))) == text


@given(VALUES, VALUES)
def test_different_values_have_different_texts(one: Any, other: Any) -> None:
    def told_apart(value: Any) -> str:
        """A text that differs for `1`, `1.0` and `True`, and not for the order of keys."""
        if isinstance(value, dict):
            return f"{{{sorted((key, told_apart(item)) for key, item in value.items())}}}"
        if isinstance(value, list):
            return f"[{[told_apart(item) for item in value]}]"
        return repr(value)

    same = told_apart(one) == told_apart(other)
    assert (canonical_json(one) == canonical_json(other)) == same


@pytest.mark.parametrize("value", [{1: "a"}, {"a": [{None: 1}]}, {"a": {True: 1}}])
def test_keys_that_json_would_confuse_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_numbers_without_a_text_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})


def key(**changes: Any) -> str:
    made_from: dict[str, Any] = {
        "stage": "corpus",
        "version": "1",
        "inputs": {"a": "1", "b": "2"},
        "parameters": {"x": 1, "y": (1, 2)},
        "numeric_class": None,
    }
    return stage_key(**(made_from | changes))


def test_a_key_changes_with_each_part_and_with_nothing_else() -> None:
    assert key(inputs={"b": "2", "a": "1"}, parameters={"y": [1, 2], "x": 1}) == key()
    others = {
        key(),
        key(stage="tokens"),
        key(version="2"),
        key(inputs={"a": "1"}),
        key(inputs={"a": "2", "b": "1"}),
        key(parameters={}),
        key(numeric_class={}),
        key(numeric_class={"torch": "2"}),
    }
    assert len(others) == 8
    # Frozen: a change here makes every artifact in the world look unbuilt.
    assert key().startswith("329493505669b263")


def payload(folder: Path) -> Path:
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "b.bin").write_bytes(b"\x00\x01")
    (folder / "a.txt").write_text("a")
    return folder


def test_a_digest_covers_paths_and_content_but_no_manifest_log_or_time(tmp_path: Path) -> None:
    folder = payload(tmp_path / "one")
    digest = payload_digest(folder)

    (folder / "manifest.json").write_text("{}")
    (folder / ".attempts.json").write_text("{}")
    (folder / "build.log").write_text("x")
    (folder / ".scratch").mkdir()
    (folder / ".scratch" / "state").write_text("x")
    (folder / "logs").mkdir()
    (folder / "logs" / "rank0.txt").write_text("x")
    os.utime(folder / "a.txt", (0, 0))

    assert payload_digest(folder) == digest
    assert [file.path for file in payload_files(folder)] == ["a.txt", "inner/b.bin"]
    (folder / "a.txt").rename(folder / "c.txt")
    assert payload_digest(folder) != digest


def test_a_manifest_further_down_is_payload(tmp_path: Path) -> None:
    folder = payload(tmp_path / "one")
    digest = payload_digest(folder)
    (folder / "inner" / "manifest.json").write_text("{}")
    assert payload_digest(folder) != digest


def test_links_are_no_payload(tmp_path: Path) -> None:
    folder = payload(tmp_path / "one")
    (folder / "link").symlink_to("/dev/full")
    with pytest.raises(StoreError) as caught:
        payload_files(folder)
    assert caught.value.code == "store.odd-file"
