"""Every error a user can meet, as one small tree.

TertuliaError                    exit 2: the user's input or machine is at fault
├── RecipeError                  a recipe, sources.toml or machine profile
├── DataError                    a source, a document, an instruction file
├── StoreError                   an artifact, a manifest, a lock, the disk
├── TrainingError                a checkpoint, a batch that does not divide, a diverged loss
├── ModelError                   a model directory that cannot be opened
├── ServeError                   the server, its database, keys and collections
├── MissingExtraError            an optional dependency that is not installed
└── Resumable                    exit 75: stopped on request; the same command continues

A message says what is wrong, where, and how to mend it. The code is stable: programs match on
it, translations hang on it, documentation lists it.
"""

from __future__ import annotations


class TertuliaError(Exception):
    """A mistake that the person at the keyboard can mend."""

    exit_code = 2

    def __init__(
        self, code: str, what: str, *, where: str | None = None, remedy: str | None = None
    ) -> None:
        """`code` is stable, such as `recipe.unknown-key`; `where` is a file, line or key."""
        super().__init__(what)
        self.code = code
        self.what = what
        self.where = where
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Crosses process boundaries whole: the constructor needs more than `args` holds."""
        return _rebuilt, (type(self), self.code, self.what, self.where, self.remedy)

    def __str__(self) -> str:
        """One paragraph: what is wrong, where, and how to mend it."""
        parts = [self.what.rstrip(".") + "."]
        if self.where:
            parts.append(f"Where: {self.where}.")
        if self.remedy:
            parts.append(self.remedy.rstrip(".") + ".")
        return " ".join(parts)


def _rebuilt(
    kind: type[TertuliaError], code: str, what: str, where: str | None, remedy: str | None
) -> TertuliaError:
    return kind(code, what, where=where, remedy=remedy)


class RecipeError(TertuliaError):
    """The recipe, its sources file or a machine profile is wrong."""


class DataError(TertuliaError):
    """A source cannot be read or holds nothing usable."""


class StoreError(TertuliaError):
    """An artifact, manifest or lock is damaged, missing or in use, or the disk is full."""


class TrainingError(TertuliaError):
    """Training cannot start or go on as asked."""


class ModelError(TertuliaError):
    """A model directory is missing a part or does not fit its configuration."""


class ServeError(TertuliaError):
    """The server, its database, a key or a collection is not as it has to be."""


class MissingExtraError(TertuliaError):
    """An optional part of tertulia is not installed."""


class Resumable(TertuliaError):
    """Stopped on request at a point from which the same command goes on."""

    exit_code = 75
