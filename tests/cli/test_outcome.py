"""How a command ends: exit codes, and what is said on standard error."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from tertulia.cli import main
from tertulia.errors import RecipeError, Resumable

Said = Callable[[], tuple[str, str]]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `tertulia doctor` raise what it is given."""

    def fail_with(error: BaseException) -> None:
        def resolve_machine(name: str | None) -> None:
            raise error

        monkeypatch.setattr("tertulia.compute.profiles.resolve_machine", resolve_machine)

    return fail_with


def test_a_users_mistake_is_2_and_shows_code_place_and_remedy(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(
        RecipeError("recipe.unknown-key", "there is no key `x`", where="a.toml, line 3", remedy="Y")
    )
    assert main(["doctor"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith("error[recipe.unknown-key]: ")
    assert second == "  there is no key `x`. Where: a.toml, line 3. Y."


def test_the_summary_is_in_the_readers_language_and_the_code_is_not(
    failing: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing(RecipeError("recipe.unknown-key", "there is no key `x`"))
    main(["doctor"])
    english = capsys.readouterr().err
    monkeypatch.setenv("TERTULIA_LANG", "eu")
    main(["doctor"])
    basque = capsys.readouterr().err
    assert basque.startswith("error[recipe.unknown-key]: ")
    assert basque.splitlines()[0] != english.splitlines()[0]
    assert basque.splitlines()[1:] == english.splitlines()[1:]


def test_what_stopped_on_request_is_75_and_says_so_last(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(Resumable("train.stopped", "stopped after 8192 tokens"))
    assert main(["doctor"]) == 75
    assert capsys.readouterr().err.splitlines()[-1] == "resumable: stopped after 8192 tokens."


def test_an_interrupt_is_130(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(KeyboardInterrupt())
    assert main(["doctor"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_our_fault_is_1_and_leaves_its_traceback_in_a_file(
    failing: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failing(ZeroDivisionError("division by zero"))
    assert main(["doctor"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    (written,) = tmp_path.iterdir()
    assert str(written) in err
    assert "ZeroDivisionError: division by zero" in written.read_text()


def test_debug_shows_the_traceback_instead(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ZeroDivisionError("division by zero"))
    assert main(["--debug", "doctor"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_disk_that_refuses_is_the_users_to_mend(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(OSError(errno.ENOSPC, "No space left on device", "x.bin"))
    assert main(["doctor"]) == 2
    assert "error[cli.not-writable]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv", [["frobnicate"], ["run"], ["doctor", "--no-such-option"], ["generate", "--seed", "x"]]
)
def test_a_mistyped_command_is_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["run", "--help"]])
def test_a_question_is_answered_with_0(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    assert capsys.readouterr().out
