"""Training lines of the neighbouring languages, read from unpacked Debian packages.

Every package lies in a folder of its own name. Language packs of Firefox are tested on and
therefore never opened here.
"""

from __future__ import annotations

import gettext
import gzip
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

from scripts.language_id.reading import html_blocks, one_line, rows

LOCALES = {
    "pt": ("pt", "pt_BR", "pt_PT"),
    "oc": ("oc",),
    "an": ("an",),
    "ast": ("ast",),
    "fr": ("fr", "fr_FR"),
    "it": ("it", "it_IT"),
    "la": ("la",),
}
"""Folders of message catalogues and help pages, by language."""

OTHERS = (
    *("de", "nl", "sv", "da", "nb", "nn", "is", "pl", "cs", "sk", "sl", "hr", "sr@latin", "bs"),
    *("ro", "hu", "fi", "et", "lt", "lv", "tr", "id", "ms", "vi", "sq", "eo", "ga", "gd", "br"),
    *("af", "nds", "cy", "mt", "uz@latin", "az"),
)
"""Locales in Latin script that are none of ours: together they teach what `und` looks like."""

_HELP = {
    "pt": ("libreoffice-help-pt", "gimp-help-pt", "debian-handbook/usr/share/doc/*/html/pt-BR"),
    "fr": ("libreoffice-help-fr", "gimp-help-fr", "debian-handbook/usr/share/doc/*/html/fr-FR"),
    "it": ("libreoffice-help-it", "gimp-help-it", "debian-handbook/usr/share/doc/*/html/it-IT"),
    "en": ("gimp-help-en", "debian-handbook/usr/share/doc/*/html/en-US"),
}
_FORTUNES = {"pt": "fortunes-br", "it": "fortunes-it", "en": "fortunes"}
_PLAIN = {"la": ("texlive-latex-extra/**/cicero.ltd.tex", "collatinus/**/lucretia.txt")}
_MARK = re.compile(r"<[^>]*>|%\d*\$?[-+0-9.]*l?[a-zA-Z]|[{}$@][\w:.]*|&(?=\w)|(?<=\w)_|_(?=\w)|\\n")


def neighbour_lines(
    packages: Path, data: Path, language: str
) -> Iterator[tuple[str, Iterator[str]]]:
    """(name of the source, its lines) for every source of a language; `und` is all others."""
    names = OTHERS if language == "und" else LOCALES.get(language, ())
    for name in names:
        yield f"catalogues {name}", _catalogues(packages, name)
        if language != "und":
            yield f"help pages {name}", _help_pages(packages, name)
    for place in _HELP.get(language, ()):
        yield place.split("/", 1)[0], _html(packages, place)
    if language in _FORTUNES:
        yield _FORTUNES[language], _fortunes(packages / _FORTUNES[language])
    for pattern in _PLAIN.get(language, ()):
        yield pattern.split("/", 1)[0], _plain(sorted(packages.glob(pattern)))
    translated = packages / "translated" / f"{language}.txt"
    if translated.exists():
        yield "apertium", (one_line(line) for line in translated.open(encoding="utf-8"))
    if language == "en":
        for name in ("debian-interface-messages", "libreoffice", "wesnoth"):
            found = rows(data / "parallel" / f"{name}.jsonl.zst")
            yield f"parallel/{name}", (one_line(_MARK.sub(" ", row.get("en", ""))) for row in found)


@cache
def _catalogue_files(packages: Path) -> dict[str, list[Path]]:
    """The message catalogues of each locale, looked for once."""
    found: dict[str, list[Path]] = {}
    for path in sorted(packages.glob("*/**/LC_MESSAGES/*.mo")):
        found.setdefault(path.parent.parent.name, []).append(path)
    return found


def _catalogues(packages: Path, name: str) -> Iterator[str]:
    for path in _catalogue_files(packages).get(name, []):
        with path.open("rb") as stream:
            try:
                catalogue = gettext.GNUTranslations(stream)
            except (OSError, UnicodeDecodeError, ValueError, LookupError):
                continue
        for key, value in sorted(catalogue._catalog.items(), key=str):
            original = key[0] if isinstance(key, tuple) else key
            if original and value != original:
                yield from (one_line(_MARK.sub("", part)) for part in value.split("\n\n"))


def _help_pages(packages: Path, name: str) -> Iterator[str]:
    for path in sorted(packages.glob(f"*/usr/share/help/{name}/**/*")):
        if path.suffix in {".page", ".docbook", ".xml"}:
            text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8", errors="replace"))
            for block in re.split(r"</?(?:p|title|para|item|td|cite)\b[^>]*>", text):
                yield one_line(unescape(re.sub(r"<[^>]*>", " ", block)))


def _html(packages: Path, place: str) -> Iterator[str]:
    for folder in sorted(packages.glob(place)):
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.html.gz")]):
            raw = path.read_bytes()
            if path.suffix == ".gz":
                raw = gzip.decompress(raw)
            yield from html_blocks(raw.decode("utf-8", "replace"))


def _fortunes(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("games/fortunes/*")):
        if path.is_file() and not path.is_symlink() and path.suffix == "":
            raw = path.read_bytes()
            for piece in re.split(r"\n%\n", raw.decode("utf-8", "replace")):
                yield one_line(piece)


def _plain(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        text = re.sub(r"(?m)^%.*$|\\\w+|[{}]", "", path.read_text(encoding="utf-8"))
        yield from (one_line(piece) for piece in re.split(r"(?<=[.!?])\s+", text))
