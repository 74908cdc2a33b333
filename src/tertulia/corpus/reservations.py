"""What a site says about mining in files of its own: tdmrep.json, ai.txt, robots.txt.

They lie beside a source's files as they lay on the site: `HOST/robots.txt`,
`HOST/.well-known/tdmrep.json`, or without the folder `HOST` where the source is one site.
Rules are those of RFC 9309 (longest pattern wins, `Allow` on a tie, `*` and `$` known) and of the
TDM Reservation Protocol (the first location that fits).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

AGENT = "tertulia"
"""How robots.txt and ai.txt name us; `*` is everybody."""

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//([^/?#]*)([^#]*)", re.IGNORECASE)
_LONGEST = 500 * 1024
"""Bytes of a robots.txt that RFC 9309 asks to be read."""


@dataclass(frozen=True)
class _Rule:
    location: str
    """A beginning of paths; `*` stands for anything, `$` at the end for the path's own end."""
    reserved: bool
    says: str

    def fits(self, path: str) -> bool:
        """In one pass over the path: a hostile pattern of many stars costs no more."""
        body = self.location.removesuffix("$")
        first, *parts = (body if body.startswith(("/", "*")) else f"*{body}").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        ends = self.location.endswith("$")
        last = parts.pop() if parts and ends else ""
        for part in parts:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return not ends or (
            path.endswith(last) and at + len(last) <= len(path) and ("*" in body or at == len(path))
        )


@dataclass(frozen=True)
class Reservations:
    """The rules of each site; those of the site `""` hold for every address."""

    tdm: dict[str, tuple[_Rule, ...]]
    robots: dict[str, tuple[tuple[_Rule, ...], ...]]

    def of(self, url: str | None) -> str | None:
        """What reserves the rights in an address, as the column `reservation` writes it."""
        match = _ADDRESS.match(url or "")
        if match is None:
            return None
        host = match[1].rpartition("@")[2].partition(":")[0].lower()
        path = match[2] or "/"
        for site in (host, ""):
            first = next((r for r in self.tdm.get(site, ()) if r.fits(path)), None)
            if first is not None:
                # Made for this question, so it outweighs what robots.txt says of crawling.
                return first.says if first.reserved else None
        for site in (host, ""):
            for rules in self.robots.get(site, ()):
                fitting = [rule for rule in rules if rule.fits(path)]
                best = max(fitting, key=lambda r: (len(r.location), not r.reserved), default=None)
                if best is not None and best.reserved:
                    return best.says
        return None

    def filled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` (column url) with `reservation` set where its site says so and it is null."""
        import polars as pl

        urls = frame["url"].drop_nulls().unique().to_list()
        found = {url: says for url in urls if (says := self.of(url)) is not None}
        stated = (
            pl.col("reservation") if "reservation" in frame.columns else pl.lit(None, pl.String)
        )
        by_site = pl.col("url").replace_strict(found, default=None, return_dtype=pl.String)
        return frame.with_columns(pl.coalesce(stated, by_site).alias("reservation"))


def reservations_of(folder: Path) -> Reservations:
    """The rules in the files of `folder` and of its folders, one a site.

    Raises DataError `corpus.bad-tdmrep` for a tdmrep.json that cannot be read: what it reserves
    would be lost without a word.
    """
    sites = {"": folder} if folder.is_dir() else {}
    sites |= {p.name.lower(): p for p in sorted(folder.glob("*")) if p.is_dir()}
    sites.pop(".well-known", None)
    tdm = {host: tuple(_tdmrep(place)) for host, place in sites.items()}
    robots = {host: tuple(_robots(place)) for host, place in sites.items()}
    return Reservations(tdm, robots)


def _tdmrep(place: Path) -> Iterator[_Rule]:
    for path in (place / ".well-known" / "tdmrep.json", place / "tdmrep.json"):
        if not path.is_file():
            continue
        try:
            rules = json.loads(path.read_bytes())
            for rule in rules:
                location, reserved = str(rule["location"]), int(rule["tdm-reservation"]) == 1
                terms = f", tdm-policy: {rule['tdm-policy']}" if rule.get("tdm-policy") else ""
                says = f"tdm-reservation: {int(reserved)}{terms}"
                yield _Rule(location, reserved, says)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(
                "corpus.bad-tdmrep",
                f"a file that reserves rights cannot be read ({error})",
                where=str(path),
                remedy="Copy it again from its site, or correct it",
            ) from error


def _robots(place: Path) -> Iterator[tuple[_Rule, ...]]:
    for name in ("ai.txt", "robots.txt"):
        path = place / name
        if path.is_file():
            text = path.read_bytes()[:_LONGEST].decode("utf-8", errors="replace")
            yield tuple(_rules(text, name))


def _rules(text: str, name: str) -> Iterator[_Rule]:
    """The rules for us, or for everybody where none name us."""
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    in_rules = True
    for line in text.splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "user-agent":
            agents = [value.lower()] if in_rules else [*agents, value.lower()]
            in_rules = False
            groups.setdefault(value.lower(), [])
        elif field in ("allow", "disallow"):
            in_rules = True
            for agent in agents:
                groups[agent].append((field, value))
    for field, value in groups.get(AGENT, groups.get("*", [])):
        if value:
            yield _Rule(value, field == "disallow", f"{name}: {value}")
