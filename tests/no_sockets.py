"""Refuses every network connection of this process, and of what it starts when asked to.

Nothing here may reach out: compute nodes have no internet. An audit hook sees what Python code
does, whichever library does it. Sockets between processes of this machine (AF_UNIX) and the
loopback that torch opens from C++ are left alone.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

_LOOPBACK = ("127.", "::1", "localhost")

_state = {"loopback": False, "installed": False}


class NetworkRefused(RuntimeError):
    """A test, or the program under test, tried to reach a network."""


def block() -> None:
    """Refuses from now on, for the life of the process."""
    if not _state["installed"]:
        sys.addaudithook(_refuse)
        _state["installed"] = True


def allow_loopback(allowed: bool) -> None:
    """Whether connections to this machine itself may pass."""
    _state["loopback"] = allowed


def write_sitecustomize(folder: Path) -> None:
    """Makes `folder`, put on PYTHONPATH, block every Python process that starts under it."""
    text = Path(__file__).read_text(encoding="utf-8")
    (folder / "sitecustomize.py").write_text(text + "\n\nblock()\n", encoding="utf-8")


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" or event == "socket.sendto":
        sock, address = arguments[0], arguments[1]
        family = getattr(sock, "family", None)
        if family not in (socket.AF_INET, socket.AF_INET6):
            return
        host = str(address[0]) if isinstance(address, tuple) and address else str(address)
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = str(arguments[0])
    else:
        return
    if _state["loopback"] and host.startswith(_LOOPBACK):
        return
    raise NetworkRefused(f"{event} to {host!r} is refused here")
