"""Writes NOTICE.md: who wrote each part, under which licence, when, and how much of it is here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

LICENCE_LINKS = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "BSD-3-Clause": "https://opensource.org/license/bsd-3-clause",
    "CC-BY-2.0": "https://creativecommons.org/licenses/by/2.0/",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-2.5": "https://creativecommons.org/licenses/by-sa/2.5/",
    "CC-BY-SA-3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "MIT": "https://opensource.org/license/mit",
    "MPL-2.0": "https://www.mozilla.org/MPL/2.0/",
}
_LOCAL = {
    "LicenseRef-official-text": "texts of public bodies in the exercise of their office: not"
    " protected (art. 13, Ley de Propiedad Intelectual, Spain); their collection is CC0-1.0",
    "LicenseRef-public-domain": "authors dead for more than a century: in the public domain by age",
}

_HEAD = """\
# Notice

The texts in this folder were written by others, and keep their own licences. Every row names its
licence and its source. Texts under a share-alike licence are in the files that end in `-by-sa`.
The texts were changed: cut into documents, cleaned of markup, repeated lines and personal data.
Years are the source's own where it states them, else the maintainers' estimate.
"""


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB"


def _section(part: Mapping[str, Any]) -> list[str]:
    sizes = ", ".join(
        f"{split.replace('_', '-')} {_size(counts['text_bytes'])}"
        for split, counts in part["splits"].items()
    )
    commit = f", commit {part['commit'][:12]}" if part["commit"] else ""
    return [
        f"### {part['name']} ({part['language']})",
        "",
        f"- By: {part['author']}",
        f'- Licence: {part["licence"]} (as stated: "{part["licence_as_stated"]}";'
        f" where: {part['licence_where']})",
        f"- Taken from: {part['origin']}{commit}",
        f"- Written: {part['written']}",
        f"- Size: {sizes}",
        "",
    ]


def write_notice(path: Path, index: Mapping[str, Any]) -> None:
    """Overwrites `path` from the index that `starter.json` holds."""
    licences = sorted({part["licence"] for part in index["sources"]})
    lines = [_HEAD, "## Licences", ""]
    lines += [f"- {name}: {LICENCE_LINKS.get(name) or _LOCAL[name]}" for name in licences]
    lines += ["", "## Sources", ""]
    for part in index["sources"]:
        lines += _section(part)
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
