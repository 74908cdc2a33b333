"""What somebody asked to be left out: documents, addresses and all below them, whole sites.

A list is text, one entry a line (`#` begins a comment), or JSON lines with one of `id`, `url`,
`domain` and whatever is to be remembered beside it, such as `reason` and `date`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

_ID = re.compile(r"\S+/[0-9a-f]{24}")
_DOMAIN = re.compile(r"(?:[^\s/:.]+\.)+[^\s/:.]{2,}", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@\s]*@)?([^/?#:\s]+)(?::\d+)?(\S*)", re.I)


@dataclass(frozen=True)
class OptOuts:
    """Identities, sites, and beginnings of addresses by site."""

    ids: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    """Each covers its subdomains."""
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Host -> beginnings of what follows it in an address."""

    def marks(self, frame: pl.DataFrame) -> pl.Series:
        """Which rows of `frame` (columns id, parent, url) are covered, as booleans."""
        import polars as pl

        ids = pl.Series("ids", sorted(self.ids), dtype=pl.String).implode()
        named = pl.col("id").is_in(ids) | pl.col("parent").is_in(ids).fill_null(False)
        # Documents of one site are many and sites few: Python sees each address once at most.
        urls: list[str] = []
        if self.domains or self.paths:
            urls = frame["url"].drop_nulls().unique().to_list()
        covered = pl.Series("covered", [u for u in urls if self.covers(u)], dtype=pl.String)
        by_url = pl.col("url").is_in(covered.implode()).fill_null(False)
        return frame.select((named | by_url).alias("opted_out")).to_series()

    def covers(self, url: str) -> bool:
        """Whether an address is on the list; its scheme, case of host and port do not count."""
        host, path = _split(url)
        labels = host.split(".")
        if any(".".join(labels[n:]) in self.domains for n in range(len(labels))):
            return True
        return any(_begins(path, start) for start in self.paths.get(host, ()))


def read_opt_outs(paths: Sequence[Path]) -> OptOuts:
    """The lists in `paths` together.

    Raises DataError `corpus.bad-opt-out` for a line that says nothing that can be matched: an
    objection must never be passed over in silence.
    """
    ids: set[str] = set()
    domains: set[str] = set()
    found: dict[str, set[str]] = {}
    for kind, value in (entry for path in paths for entry in _entries(path)):
        if kind == "id":
            ids.add(value)
        elif kind == "domain":
            domains.add(value.lower().strip("."))
        else:
            host, start = _split(value)
            found.setdefault(host, set()).add(start)
    starts = {host: tuple(sorted(found[host])) for host in sorted(found)}
    return OptOuts(frozenset(ids), frozenset(domains), starts)


def _entries(path: Path) -> Iterable[tuple[str, str]]:
    """(`id`, `url` or `domain`, value) of each line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            "corpus.bad-opt-out", f"the opt-out list cannot be read ({error})", where=str(path)
        ) from error
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        entry = _of_json(text) if text.startswith("{") else _of_text(text)
        if entry is None:
            raise DataError(
                "corpus.bad-opt-out",
                f"an entry of the opt-out list is not understood: {text[:80]}",
                where=f"{path}, line {number}",
                remedy="Write a document's id, an address with https://, or a domain; in JSON "
                "one of the keys `id`, `url` and `domain`",
            )
        yield entry


def _of_text(text: str) -> tuple[str, str] | None:
    if "://" in text and _ADDRESS.fullmatch(text):
        return "url", text
    if _ID.fullmatch(text):
        return "id", text
    if _DOMAIN.fullmatch(text):
        return "domain", text
    host = text.partition("/")[0]
    return ("url", text) if "/" in text and _DOMAIN.fullmatch(host) else None


def _of_json(text: str) -> tuple[str, str] | None:
    try:
        row = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    found = [(key, row[key]) for key in ("id", "url", "domain") if row.get(key)]
    if len(found) != 1 or not isinstance(found[0][1], str):
        return None
    kind, value = found[0][0], found[0][1].strip()
    if kind == "domain":
        return (kind, value) if _DOMAIN.fullmatch(value) else None
    return (kind, value) if kind == "id" or _ADDRESS.fullmatch(value) else None


def _split(url: str) -> tuple[str, str]:
    """(host in lower case, what follows it) of an address."""
    match = _ADDRESS.match(url.strip())
    if match is None:
        return "", ""
    return match[1].lower().strip("."), match[2]


def _begins(path: str, start: str) -> bool:
    """Whether `path` is `start` or lies below it: `/a` covers `/a/b`, `/a?b`, and `/a*` `/ab`."""
    if start.endswith("*"):
        return path.startswith(start.rstrip("*"))
    if not path.startswith(start):
        return False
    rest = path[len(start) :]
    return not rest or not start or start[-1] in "/?=&" or rest[0] in "/?#"
