"""What one server takes on: bytes, seconds and numbers, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of a server; all can be set where it is opened."""

    json_bytes: int = 4 * _MIB
    """Of a request's JSON."""
    file_bytes: int = 100 * _MIB
    """Of one uploaded file."""
    owner_bytes: int = 10_240 * _MIB
    """Of all the files of one user."""
    stores: int = 1_000
    """Vector stores of one user; a file can be indexed once in each."""
    uploads: int = 4
    """Uploads that are received at once; each may take `file_bytes` of the temporary folder."""
    connections: int = 256
    header_seconds: float = 10.0
    """From a request's first byte, or from the connection's opening, to its last header."""
    body_idle_seconds: float = 30.0
    """Between two pieces of a request's body."""
    body_seconds: float = 900.0
    """From the first to the last byte of a request's body."""
    unread_seconds: float = 60.0
    """A client that lets an answer wait longer than this without reading is cut off."""
    answer_seconds: float = 300.0
    """From a question's being queued to the last token of its answer."""
    grace_seconds: float = 10.0
    """What streaming answers still get when the server is asked to end."""
    default_tokens: int = 1024
    """Of an answer whose request does not say."""
    most_tokens: int = 32_768
    choices: int = 8
    """Answers to one request (`n` times the number of prompts)."""
    inputs: int = 2048
    """Texts of one request for embeddings."""
    results: int = 50
    """Passages of one search."""
