"""What `--json` prints: one document that begins with its schema and is never translated."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

SCHEMA_VERSION = 1


def print_json(fields: Mapping[str, Any]) -> None:
    """Prints `fields` after `"schema": 1`; paths become text."""
    document = {"schema": SCHEMA_VERSION, **fields}
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
