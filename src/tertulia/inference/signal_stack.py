"""Keeps the stack on which this thread handles signals, while a library may change it.

openvino's processor plugin gives the calling thread a signal stack of its own when it is loaded and
frees that memory when it is unloaded. The next signal, a Ctrl-C, was then written to memory that is
gone: the process crashed. See sigaltstack(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator


class _Stack(ctypes.Structure):
    _fields_ = (
        ("address", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("size", ctypes.c_size_t),
    )


@contextlib.contextmanager
def kept_signal_stack() -> Iterator[None]:
    """Puts this thread's signal stack back at the end; does nothing but on Linux."""
    if sys.platform != "linux":
        yield
        return
    system = ctypes.CDLL(None)
    before = _Stack()
    system.sigaltstack(None, ctypes.byref(before))
    try:
        yield
    finally:
        system.sigaltstack(ctypes.byref(before), None)
