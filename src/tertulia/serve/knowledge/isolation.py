"""Reads a hostile file where it can hurt nobody: in a child process with limits.

The child is forked from a small server process that has the parsers loaded, so that one more file
costs milliseconds. It can write no file and is killed when it takes too much memory, processor or
time. What it answers is JSON and is checked: nothing that it says is executed.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tertulia.errors import DataError, MissingExtraError, TertuliaError
from tertulia.serve.knowledge.document import Heading, Page
from tertulia.serve.knowledge.structured_text import Structure

_PRELOADED = [
    "pypdf", "docx", "resiliparse.extract.html2text", "tertulia.serve.knowledge.isolation",
    "tertulia.serve.knowledge.reading", "tertulia.serve.knowledge.pdf_text",
    "tertulia.serve.knowledge.office_text", "tertulia.serve.knowledge.html_text",
    "tertulia.serve.knowledge.plain_text",
]  # fmt: skip
"""What is not installed is passed over by the fork server."""

_MAX_ANSWER = 1 << 28
_MAX_MESSAGE = 500
_OPEN_FILES = 64


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What reading one file may take."""

    memory: int = 1 << 31
    """Bytes of address space, the parsers' own included."""
    cpu_seconds: int = 240
    seconds: float = 480.0
    """By the clock."""


def read_isolated(path: Path, name: str, limits: Limits) -> Structure:
    """As `read_structure`, in a process of its own.

    Raises DataError `knowledge.unreadable` when the process died or went beyond `limits`, and what
    `read_structure` raises.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(theirs, str(path), name, limits), daemon=True)
    with ours:
        child.start()
        theirs.close()
        try:
            if not ours.poll(limits.seconds):
                raise _unreadable(name, f"it takes longer than {limits.seconds:g} seconds")
            answer = json.loads(ours.recv_bytes(_MAX_ANSWER))
        except (EOFError, OSError, ValueError):
            child.join(5)
            raise _unreadable(name, _death(child.exitcode)) from None
        finally:
            child.kill()
            child.join()
            child.close()
    return _checked(answer, name)


def _answer(pipe: Connection, path: str, name: str, limits: Limits) -> None:
    """What the child does."""
    _confine(limits)
    from tertulia.serve.knowledge.reading import read_structure

    try:
        answer = _told(read_structure(Path(path), name))
    except TertuliaError as error:
        answer = {"error": [error.code, error.what, error.remedy]}
    except MemoryError:
        answer = {"unreadable": f"it takes more than {limits.memory >> 20} MB of memory"}
    except RecursionError:
        answer = {"unreadable": "it is nested too deeply"}
    # A hostile file can raise nearly anything inside a parser.
    except Exception as error:
        answer = {"unreadable": f"{type(error).__name__}: {error}"[:_MAX_MESSAGE]}
    pipe.send_bytes(json.dumps(answer).encode("ascii"))
    pipe.close()


def _confine(limits: Limits) -> None:
    import resource

    # Ctrl-C is the server's business, which then ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Without the parent there would be nobody to watch the clock.
    signal.alarm(int(limits.seconds) + 5)
    bounds = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
    }
    for kind, bound in bounds.items():
        # Some systems know no limit on address space; the others hold there all the same.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (bound, bound))


def _told(structure: Structure) -> dict[str, object]:
    return {
        "text": structure.text,
        "pages": [[page.number, page.start, page.end] for page in structure.pages],
        "headings": [[head.level, head.start, head.end] for head in structure.headings],
        "empty_pages": list(structure.empty_pages),
        "title": structure.title,
        "encoding": structure.encoding,
    }


def _checked(answer: dict[str, Any], name: str) -> Structure:
    """The structure that a child told, or its error; places must lie in the text."""
    if "unreadable" in answer:
        raise _unreadable(name, str(answer["unreadable"])[:_MAX_MESSAGE])
    if "error" in answer:
        code, what, remedy = answer["error"]
        kind = MissingExtraError if code == "corpus.missing-extra" else DataError
        raise kind(code, what[: 2 * _MAX_MESSAGE], where=name, remedy=remedy)
    text = answer["text"]
    structure = Structure(
        text=text,
        pages=tuple(Page(number=n, start=s, end=e) for n, s, e in answer["pages"]),
        headings=tuple(Heading(level=n, start=s, end=e) for n, s, e in answer["headings"]),
        empty_pages=tuple(answer["empty_pages"]),
        title=answer["title"],
        encoding=answer["encoding"],
    )
    for places in (structure.pages, structure.headings):
        at = 0
        for place in places:
            if not at <= place.start <= place.end <= len(text):
                raise _unreadable(name, "its structure makes no sense")
            at = place.end
    return structure


def _death(exitcode: int | None) -> str:
    """Why a child ended that gave no answer."""
    if exitcode is None or exitcode >= 0:
        return "reading it ended without a result"
    if -exitcode == signal.SIGXCPU:
        return "it takes too much computing"
    return f"reading it was ended by {signal.Signals(-exitcode).name}"


def _unreadable(name: str, why: str) -> DataError:
    return DataError(
        "knowledge.unreadable", f"a file cannot be read: {why}", where=name,
        remedy="Save it anew with another program",
    )  # fmt: skip
