"""Downloads a source once into the user's cache: all of it, or nothing.

`http` and `https` need no package; `file` and whatever else fsspec speaks (`hf`, `s3`, …) go
through it. What a URL held is kept by its address; a stage's key follows from the content.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from tertulia.errors import MissingExtraError, RecipeError

_TIMEOUT = 60.0
"""Seconds without a byte."""

_CHUNK = 1 << 20
_WEB = ("http", "https")
_EXTRAS = {"hf": "huggingface_hub"}


def cache_folder() -> Path:
    """Where downloads are kept: `tertulia/sources` in `XDG_CACHE_HOME` or `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tertulia" / "sources"


def downloaded(url: str, *, where: str) -> Path:
    """The file or folder that `url` stands for, fetched now unless it was before.

    Raises RecipeError `recipe.not-downloaded` at `where`, and MissingExtraError where a protocol
    wants a package that is not installed.
    """
    whole = cache_folder() / hashlib.sha256(url.encode()).hexdigest()
    if not whole.is_dir():
        try:
            whole.parent.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=whole.parent))
            try:
                _fetch(url, partial)
                _put(partial, whole)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        except (MissingExtraError, RecipeError):
            raise
        # Each protocol has exceptions of its own, all of which say that it did not work.
        except Exception as error:
            raise _not_downloaded(url, where, error) from error
    entries = list(whole.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_file() else whole


def _put(partial: Path, whole: Path) -> None:
    try:
        partial.rename(whole)
    except OSError:
        # Another process was faster; both fetched the same URL.
        if not whole.is_dir():
            raise


def _fetch(url: str, folder: Path) -> None:
    scheme = urlsplit(url).scheme.lower()
    if scheme in _WEB:
        _fetch_page(url, folder / _file_name(urlsplit(url).path))
        return
    try:
        files, path = importlib.import_module("fsspec.core").url_to_fs(url)
    except ImportError as error:
        package = _EXTRAS.get(scheme, "of its protocol")
        raise MissingExtraError(
            "recipe.missing-protocol",
            f"`{scheme}://` needs the package {package}, which is not installed ({error})",
            remedy="Install it, or download the files elsewhere and give their place as `path`",
        ) from error
    if files.isfile(path):
        _fetch_file(files, path, folder / _file_name(path))
        return
    for found in sorted(files.find(path)):
        relative = PurePosixPath(found).relative_to(PurePosixPath(path))
        names = [_file_name(part) for part in relative.parts if part != "."]
        target = folder.joinpath(*names)
        target.parent.mkdir(parents=True, exist_ok=True)
        _fetch_file(files, found, target)
    if not any(folder.iterdir()):
        raise FileNotFoundError("there is nothing at this address")


def _fetch_page(url: str, target: Path) -> None:
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(urlunsplit(parts._replace(netloc=host, fragment="")))
    request.add_header("User-Agent", "tertulia")
    if user:
        secret = base64.b64encode(unquote(user).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {secret}")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, target.open("xb") as file:
            shutil.copyfileobj(answer, file, _CHUNK)
            promised = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        # It holds the connection open.
        error.close()
        raise OSError(f"HTTP status {error.code}") from None
    _check_size(target, None if promised is None else int(promised))


def _fetch_file(files: Any, path: str, target: Path) -> None:
    with files.open(path, "rb") as remote, target.open("xb") as file:
        shutil.copyfileobj(remote, file, _CHUNK)
    size = files.info(path).get("size")
    _check_size(target, size if isinstance(size, int) else None)


def _check_size(target: Path, promised: int | None) -> None:
    size = target.stat().st_size
    if promised is not None and size != promised:
        raise OSError(f"{size} bytes came of {promised}")


def _file_name(path: str) -> str:
    """The last part of a path as a name that leads nowhere else."""
    name = unquote(path.rstrip("/").rpartition("/")[2])
    name = "".join("_" if c in "/\\:\0" or not c.isprintable() else c for c in name).strip()
    return "download" if name in ("", ".", "..") else name[-200:]


def _not_downloaded(url: str, where: str, error: Exception) -> RecipeError:
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    # A password, or the signature in a query, belongs into no message.
    shown = urlunsplit(parts._replace(netloc=host, query="", fragment=""))
    reason = str(getattr(error, "reason", None) or error).replace(url, shown)
    reason = reason.replace(f"{user}@", "") if user else reason
    return RecipeError(
        "recipe.not-downloaded",
        f"{shown} could not be downloaded ({reason})",
        where=where,
        remedy="Download it on a machine with a network, then give the file's place as `path`",
    )
