"""Bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import pytest

from tertulia.progress import log, track


def test_without_a_terminal_tracking_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(track(range(3), "counting")) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_a_line_goes_to_standard_error_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    log("corpus [1/7]")
    assert capsys.readouterr() == ("", "corpus [1/7]\n")


def test_on_a_terminal_lines_keep_their_brackets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert list(track(iter("abc"), "counting", total=3)) == ["a", "b", "c"]
    log("corpus [1/7]")
    assert "corpus [1/7]" in capsys.readouterr().err
