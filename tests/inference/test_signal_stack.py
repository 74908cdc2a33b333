"""A library's signal stack does not outlive the library's call."""

from __future__ import annotations

import ctypes
import sys

import pytest

from tertulia.inference.signal_stack import _Stack, kept_signal_stack

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signal stacks of Linux")


def address() -> int | None:
    found = _Stack()
    ctypes.CDLL(None).sigaltstack(None, ctypes.byref(found))
    return found.address


def test_what_the_body_sets_is_put_back() -> None:
    before = address()
    memory = ctypes.create_string_buffer(1 << 16)
    other = _Stack(address=ctypes.addressof(memory), flags=0, size=len(memory))
    with kept_signal_stack():
        assert ctypes.CDLL(None).sigaltstack(ctypes.byref(other), None) == 0
        assert address() == ctypes.addressof(memory)
    assert address() == before
