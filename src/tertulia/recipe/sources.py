"""From the name of a source to the files it stands for, and to a digest of their content.

A name is an entry of `sources.toml` beside the recipe, else a path relative to the recipe, else
a shipped corpus. Where files lie is no part of a key; what they hold is.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

from pydantic import Field

from tertulia.errors import RecipeError
from tertulia.recipe.content import content_digest
from tertulia.recipe.load import LoadedRecipe
from tertulia.recipe.locate import KeyPath
from tertulia.recipe.migrate import schema_of
from tertulia.recipe.problems import validated
from tertulia.recipe.section import Section
from tertulia.recipe.shipped import shipped_folder
from tertulia.recipe.toml_file import TomlFile, read_toml

SourceKind = Literal["corpus", "instructions"]

_KEYS: Mapping[SourceKind, KeyPath] = {
    "corpus": ("corpus", "sources"),
    "instructions": ("align", "instructions"),
}
_SHIPPED: Mapping[SourceKind, tuple[str, ...]] = {
    "corpus": (),
    "instructions": ("instructions",),
}
_NOT_CORPORA = frozenset({"instructions", "machines", "models", "recipes", "suites"})


class SourceEntry(Section):
    """One `[sources.NAME]` of a `sources.toml`."""

    path: str | None = None
    """A file or a folder, relative to the `sources.toml`."""
    url: str | None = None
    """Refused for now, since nothing is downloaded while a recipe runs."""
    language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    licence: str | None = Field(default=None, min_length=1)
    split: Literal["train", "held_out", "unseen"] | None = None
    text_field: str = Field(default="text", min_length=1)


class SourcesFile(Section):
    """A whole `sources.toml`."""

    schema_: Literal[1] = Field(alias="schema")
    sources: dict[str, SourceEntry] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ResolvedSource:
    """A named source on this machine; what it declares holds where a row does not say."""

    name: str
    path: Path
    language: str | None = None
    licence: str | None = None
    split: str | None = None
    text_field: str = "text"

    def declared(self) -> dict[str, str | None]:
        """What is said about the content outside of it; part of a stage's key."""
        return {
            "language": self.language,
            "licence": self.licence,
            "split": self.split,
            "text_field": self.text_field,
        }


Inputs = Mapping[str, Path | ResolvedSource]
"""What a stage receives: the payload folder of each upstream stage, and `source:NAME` entries."""


def resolve_sources(loaded: LoadedRecipe, kind: SourceKind) -> tuple[ResolvedSource, ...]:
    """The sources that `corpus.sources` or `align.instructions` name, in their order.

    Raises RecipeError at the line that names a source which is not there.
    """
    recipe = loaded.recipe
    names = recipe.corpus.sources if kind == "corpus" else recipe.align.instructions
    entries = _sources_file(loaded)
    return tuple(
        _resolve(name, loaded, (*_KEYS[kind], index), kind, entries)
        for index, name in enumerate(names)
    )


def source_digest(source: ResolvedSource) -> str:
    """SHA-256 over the sorted (relative path, size, SHA-256) of the source's files.

    Raises DataError where a file is missing, empty or unreadable.
    """
    return content_digest(source.path, name=source.name)


def _sources_file(loaded: LoadedRecipe) -> tuple[TomlFile, SourcesFile] | None:
    path = loaded.path.parent / "sources.toml"
    if not path.exists():
        return None
    file = read_toml(path, kind="list of sources")
    schema_of(file, newest=1)
    return file, validated(SourcesFile, file)


def _resolve(
    name: str,
    loaded: LoadedRecipe,
    key: KeyPath,
    kind: SourceKind,
    entries: tuple[TomlFile, SourcesFile] | None,
) -> ResolvedSource:
    where = loaded.file.where(key)
    if _is_absolute(name):
        raise RecipeError(
            "recipe.absolute-path",
            f'"{name}" is an absolute path, and a recipe says nothing about a machine',
            where=where,
            remedy="Give a path relative to the recipe, or a name that `sources.toml` beside "
            "the recipe maps to a path",
        )
    if "://" in name:
        raise _no_download(name, where)
    if entries is not None and name in entries[1].sources:
        return _from_entry(name, *entries)
    beside = loaded.path.parent / name
    if beside.exists():
        return ResolvedSource(name=name, path=beside)
    if name in _shipped_sources(kind):
        return ResolvedSource(name=name, path=shipped_folder(*_SHIPPED[kind], name))
    known = [*(entries[1].sources if entries else ()), *_shipped_sources(kind)]
    near = difflib.get_close_matches(name, known, n=3) or known
    raise RecipeError(
        "recipe.no-source",
        f'there is no source "{name}": no entry of `sources.toml`, no file at {beside}, and '
        "none shipped under that name",
        where=where,
        remedy="Known names: " + (", ".join(near) or "none"),
    )


def _from_entry(name: str, file: TomlFile, sources: SourcesFile) -> ResolvedSource:
    entry = sources.sources[name]
    key: KeyPath = ("sources", name)
    if entry.url is not None:
        raise _no_download(entry.url, file.where((*key, "url")))
    if entry.path is None:
        raise RecipeError(
            "recipe.missing-key",
            f"`sources.{name}` says no `path`",
            where=file.where(key),
            remedy='Add `path = "..."`, a file or folder relative to this file',
        )
    path = file.path.parent / Path(entry.path).expanduser()
    if not path.exists():
        raise RecipeError(
            "recipe.no-source",
            f"the source `{name}` is not at {path}",
            where=file.where((*key, "path")),
            remedy="Correct the path, or put the files there",
        )
    return ResolvedSource(
        name=name,
        path=path,
        language=entry.language,
        licence=entry.licence,
        split=entry.split,
        text_field=entry.text_field,
    )


def _is_absolute(name: str) -> bool:
    return (
        PurePosixPath(name).is_absolute()
        or bool(PureWindowsPath(name).anchor)
        or name.startswith("~")
    )


def _no_download(url: str, where: str) -> RecipeError:
    return RecipeError(
        "recipe.url-source",
        f"{url} would have to be downloaded, and a recipe runs without a network",
        where=where,
        remedy="Download it, then give the file's place as `path` in `sources.toml`",
    )


def _shipped_sources(kind: SourceKind) -> list[str]:
    folder = shipped_folder(*_SHIPPED[kind])
    excluded = _NOT_CORPORA if kind == "corpus" else frozenset[str]()
    return sorted(
        entry.name
        for entry in (folder.iterdir() if folder.is_dir() else ())
        if entry.is_dir() and entry.name.isidentifier() and entry.name not in excluded
    )
