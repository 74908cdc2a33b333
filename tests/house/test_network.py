"""The guard under all other tests: nothing reaches a network."""

from __future__ import annotations

import socket

import pytest

from tests.no_sockets import NetworkRefused


def test_a_connection_is_refused_before_it_leaves() -> None:
    with pytest.raises(NetworkRefused), socket.socket() as sock:
        sock.connect(("192.0.2.1", 80))


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_too_is_refused_unless_marked() -> None:
    with pytest.raises(NetworkRefused), socket.socket() as sock:
        sock.connect(("127.0.0.1", 9))


@pytest.mark.loopback
def test_a_marked_test_reaches_this_machine() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


def test_processes_of_this_machine_may_speak() -> None:
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"hola")
        assert right.recv(4) == b"hola"
