"""What a run shows while it goes on: a line now and then in a log, figures on a terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from tertulia import progress
from tertulia.compute.machine import Machine
from tertulia.progress import Display, track
from tertulia.train.observers.figures import RunningFigures
from tertulia.train.observers.progress_line import ProgressLine, figure_lines, log_line
from tests.train.observers.runs import Clock, facts, step
from tests.train.observers.watched import KillAfter, Killed, watched_loop


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal instead of standard error."""
    from rich.console import Console

    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("tertulia.progress.on_terminal", lambda: True)
    monkeypatch.setattr("tertulia.train.observers.progress_line.on_terminal", lambda: True)
    monkeypatch.setattr("tertulia.progress._terminal", lambda: console)
    return screen


def _after_two_steps(machine: Machine) -> RunningFigures:
    clock = Clock()
    running = RunningFigures(facts(machine=machine), clock)
    for number in (1, 2):
        clock.time += 2.0
        running.add(step(number))
    return running


def test_a_log_line_says_everything_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTULIA_LANG", "eu")
    line = log_line(_after_two_steps(Machine(name="x", watts_per_core=10.0)).now())
    assert re.fullmatch(
        r"pretrain: step 2 of 100 \(2 %\), 3 min 16 s left; loss 2; "
        r"bits per byte eu 0\.902  gl 0\.451; speed 500 tokens/s, [\d.]+ [kMGT]FLOP/s; "
        r"peak memory [\d.]+ [MG]B; energy [\d.e-]+ Wh, (estimated|measured); "
        r"refused steps 0",
        line,
    )


def test_a_terminal_speaks_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = _after_two_steps(Machine(name="x")).now()
    labels = set()
    for language in ("en", "es", "ca", "eu", "gl"):
        monkeypatch.setenv("TERTULIA_LANG", language)
        labels.add(tuple(figure_lines(figures)))
    assert len(labels) == 5


def test_a_log_gets_a_line_every_half_minute_and_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    line = ProgressLine(clock)
    line.begins(facts(steps=100))
    for number in range(1, 101):
        clock.time += 1.0
        line.stepped(step(number))
    line.ends(None)
    out, err = capsys.readouterr()
    assert out == ""
    assert re.findall(r"step (\d+) of 100", err) == ["30", "60", "90", "100"]
    assert "\x1b" not in err


def test_a_run_that_fails_leaves_its_last_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Killed):
        watched_loop(tmp_path, [ProgressLine(), KillAfter(3)]).run("pretrain")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pretrain: step 3 of 24 (12 %), ")
    assert "bits per byte eu " in line


def test_a_run_that_fails_before_its_first_step_leaves_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = ProgressLine()
    line.ends(RuntimeError())
    line.begins(facts())
    line.ends(RuntimeError())
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_figures_change_in_place_and_go_away(
    terminal: io.StringIO, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        watched_loop(tmp_path, [ProgressLine(), KillAfter(3)]).run("pretrain")
    shown = terminal.getvalue()
    assert "step 0 of 24" in shown
    assert progress._open == set()
    # The cursor is back, and the last line stays as plain text.
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert "step 3 of 24" in shown.splitlines()[-1]


def test_a_display_takes_the_place_of_a_bar(terminal: io.StringIO) -> None:
    display = Display()
    display.show({"loss": "3.2 [1/2]"})
    assert list(track(range(3), "steps of the loop")) == [0, 1, 2]
    display.close()
    display.close()
    assert "3.2 [1/2]" in terminal.getvalue()
    assert "steps of the loop" not in terminal.getvalue()
    assert list(track(range(3), "steps of the loop")) == [0, 1, 2]
    assert "steps of the loop" in terminal.getvalue()
