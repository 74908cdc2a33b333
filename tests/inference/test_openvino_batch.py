"""What is openvino's own: errors of one request apart, pages enough, what it cannot tell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tertulia.errors import MissingExtraError, ModelError
from tertulia.inference.decoding_batch import Decoded
from tertulia.inference.openvino_batch import OpenvinoBatch
from tertulia.inference.text_engine import TextRequest
from tertulia.release.gguf_export import export_gguf
from tests.inference.test_openvino_scorer import DESCRIPTION
from tests.inference.tiny_engines import write_gguf

GREEDY = TextRequest(max_tokens=12, temperature=0.0)


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("openvino"))


@pytest.fixture
def batch(gguf: Path) -> OpenvinoBatch:
    return OpenvinoBatch(gguf, rows=4, prefix_cache_bytes=0, threads=1)


def finished(batch: OpenvinoBatch) -> dict[int, list[Decoded]]:
    heard: dict[int, list[Decoded]] = {}
    for _ in range(300):
        if not batch._running:
            return heard
        for decoded in batch.step():
            heard.setdefault(decoded.key, []).append(decoded)
    raise AssertionError("it does not end")


def text_of(decoded: list[Decoded]) -> str:
    return "".join(one.text for one in decoded)


def test_a_schema_that_it_cannot_compile_fails_alone(batch: OpenvinoBatch) -> None:
    ids = [1, 80, 90, 100]
    batch.begin(1, ids, GREEDY)
    alone = text_of(finished(batch)[1])
    batch.begin(2, ids, GREEDY)
    first = batch.step()
    batch.begin(3, ids, TextRequest(json_schema='{"type": "nonsense"}'))
    heard = finished(batch)
    assert [one.error.code for one in heard[3] if one.error] == ["inference.setting"]
    assert text_of([*first, *heard[2]]) == alone


def test_who_leaves_while_its_schema_is_tried_takes_nobody_along(batch: OpenvinoBatch) -> None:
    ids = [1, 80, 90, 100]
    batch.begin(1, ids, GREEDY)
    alone = text_of(finished(batch)[1])
    batch.begin(2, ids, GREEDY)
    batch.begin(3, ids, TextRequest(json_schema='{"type": "nonsense"}'))
    batch.end(3)
    first = batch._without(3, RuntimeError("not this one"))
    assert [one.key for one in first if one.error] == [3]
    heard = finished(batch)
    assert text_of(heard[2]) == alone
    batch.close()


def test_what_cannot_begin_leaves_nothing_behind(batch: OpenvinoBatch) -> None:
    impossible = TextRequest(temperature=1e-60)
    with pytest.raises(RuntimeError):
        batch.begin(1, [1, 80], impossible)
    assert batch._running == {}
    batch.begin(2, [1, 80], TextRequest(temperature=1e-60, json_schema='{"type": "boolean"}'))
    assert [one.error is not None for one in finished(batch)[2]] == [True]
    batch.close()


def test_more_sequences_than_pages_all_end(batch: OpenvinoBatch) -> None:
    """They wait for one another, and what was read may be read again."""
    for key in range(12):
        batch.begin(key, [1, *range(70, 130), 70 + key], TextRequest(max_tokens=30))
    heard = finished(batch)
    assert sorted(heard) == list(range(12))
    assert all(decoded[-1].error is None for decoded in heard.values())


def test_it_is_usable_again_after_a_reset(batch: OpenvinoBatch) -> None:
    batch.begin(1, [1, 80], GREEDY)
    batch.step()
    batch.reset()
    assert batch._running == {}
    batch.begin(2, [1, 80], GREEDY)
    assert text_of(finished(batch)[2])
    batch.close()


def test_what_it_does_not_read_is_told_in_one_line(gguf: Path, tmp_path: Path) -> None:
    export_gguf(gguf.with_suffix(""), tmp_path / "x.gguf", DESCRIPTION, precision="f32")
    with pytest.raises(ModelError) as caught:
        OpenvinoBatch(tmp_path / "x.gguf", rows=1, prefix_cache_bytes=0)
    assert caught.value.code == "inference.openvino-refuses"
    assert "torch" in str(caught.value)


def test_without_the_package_the_extra_is_named(
    gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openvino_genai", None)
    with pytest.raises(MissingExtraError) as caught:
        OpenvinoBatch(gguf, rows=1, prefix_cache_bytes=0)
    assert "tertulia[serve]" in str(caught.value)
