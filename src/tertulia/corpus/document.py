"""A document: its columns, its identity and its revision.

The identity stays when the text is cleaned; the revision is the text. Between steps documents
travel as Polars frames with the columns of `WORKING`; on disk they have those of `DOCUMENT`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("id", "revision", "parent", "text", "language", "source", "licence", "url", "date")
"""Of a finished document; every one is a string, and `parent`, `url`, `date` may be null."""

WORKING = (
    "id", "parent", "text", "language", "source", "licence", "url", "date", "split", "reservation",
)  # fmt: skip
"""Of a document on its way through the steps, all strings that may be null but id, text, source.

`reservation` is what the source says against mining, such as `noai` or `tdm-reservation: 1`."""

SPLITS = ("train", "held_out", "unseen")
"""`unseen` marks a source that is never trained on; it is reported apart from `held_out`."""

UNKNOWN_LICENCE = "LicenseRef-unknown"
NO_LANGUAGE = "und"
"""BCP-47 for a text whose language nobody stated."""

_NULLABLE = frozenset({"parent", "url", "date"})


def document_id(source: str, native: str, part: str = "") -> str:
    """`source/` and 24 hex digits of SHA-256(source, native id or relative path, part)."""
    # JSON keeps the three apart whatever characters they hold.
    named = json.dumps([source, native, part], ensure_ascii=False).encode()
    return f"{source}/{hashlib.sha256(named).hexdigest()[:24]}"


def revision(text: str) -> str:
    """SHA-256 of the text's UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_attribute(column: str) -> bool:
    """Whether a column is what a step found out, `step.name`, and no part of the document."""
    return "." in column


def arrow_schema(steps: Mapping[str, int], attributes: Sequence[pa.Field] = ()) -> pa.Schema:
    """The schema of a corpus file; `steps` (name -> version) goes into its metadata."""
    import pyarrow as pa

    own = [pa.field(name, pa.string(), nullable=name in _NULLABLE) for name in COLUMNS]
    return pa.schema(
        [*own, *attributes],
        metadata={"tertulia.schema": "1", "tertulia.steps": json.dumps(dict(steps))},
    )
