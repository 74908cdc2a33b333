"""Packages that some formats want, and the one error where they are not installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from tertulia.corpus.opening import file_format
from tertulia.errors import MissingExtraError

_PACKAGES = {
    "html": ("resiliparse",),
    "epub": ("resiliparse",),
    "warc": ("resiliparse",),
    "pdf": ("pypdf",),
    "docx": ("docx",),
}


def require_extras(files: Iterable[Path]) -> None:
    """Raises MissingExtraError `corpus.missing-extra` if a file's format wants what is absent."""
    for kind in sorted({file_format(path) or "" for path in files}):
        require_extra(kind)


def require_extra(kind: str) -> None:
    """Raises MissingExtraError `corpus.missing-extra` if the format `kind` cannot be read here."""
    for package in _PACKAGES.get(kind, ()):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(
                "corpus.missing-extra",
                f"files of the kind {kind.upper()} are read with the package {package}, "
                "which is not installed",
                remedy="Install it with `pip install 'tertulia[documents]'`",
            )
