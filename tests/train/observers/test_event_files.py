"""Event files say what the steps were, once each, to a reader that knows only the format."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import MissingExtraError
from tertulia.train.observers.event_files import EventFiles
from tests.train.observers.runs import facts, step
from tests.train.observers.watched import KillAfter, Killed, watched_loop
from tests.train.runs import STEPS


def _events(file: Path) -> Iterator[Any]:
    """Records are length, its checksum, the event, its checksum."""
    from tensorboardX.proto.event_pb2 import Event

    content, at = file.read_bytes(), 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        event = Event()
        event.ParseFromString(content[at + 12 : at + 12 + length])
        yield event
        at += 12 + length + 4


def _curves(folder: Path) -> dict[str, dict[int, float]]:
    """Scalar -> step -> value, as TensorBoard shows them: a restart takes back what follows it."""
    from tensorboardX.proto.event_pb2 import SessionLog

    curves: dict[str, dict[int, float]] = {}
    for file in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns):
        for event in _events(file):
            if event.session_log.status == SessionLog.START:
                for name, curve in curves.items():
                    curves[name] = {s: v for s, v in curve.items() if s < event.step}
            for value in event.summary.value:
                curve = curves.setdefault(value.tag, {})
                assert event.step not in curve, f"{value.tag} has step {event.step} twice"
                curve[event.step] = value.simple_value
    return curves


def test_each_step_is_read_back(tmp_path: Path) -> None:
    files = EventFiles(tmp_path / "events")
    files.begins(facts())
    files.stepped(step(1, loss=2.5))
    files.stepped(step(2, loss=math.nan, norm=math.inf, accepted=False, nats={"eu": math.nan}))
    files.ends(None)
    bits = 500 / math.log(2) / 800
    assert _curves(tmp_path / "events") == {
        "loss": {1: 2.5},
        "rate": {1: 1.0, 2: 1.0},
        "gradient_norm": {1: 1.0},
        "refused": {1: 0.0, 2: 1.0},
        "bits_per_byte/eu": {1: pytest.approx(bits)},
        "bits_per_byte/gl": {1: pytest.approx(bits / 2)},
    }


def test_a_resumed_run_has_each_step_once(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        watched_loop(tmp_path / "s", [EventFiles(tmp_path / "e"), KillAfter(13)]).run("test")
    summary = watched_loop(tmp_path / "s", [EventFiles(tmp_path / "e")]).run("test")
    curve = _curves(tmp_path / "e")["loss"]
    assert list(curve) == list(range(1, STEPS + 1))
    assert list(curve.values()) == pytest.approx([row["loss"] for row in summary.log])


def test_without_the_package_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError) as caught:
        EventFiles(tmp_path)
    assert caught.value.code == "train.missing-extra"
    assert "pip install 'tertulia[watch]'" in str(caught.value)
