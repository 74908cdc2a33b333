"""Keeps the translations: extracts messages from the code, updates the .po, compiles the .mo.

`python -m scripts.messages` (or `make messages`) does all three and lists what a translator still
has to do. A message that the code no longer has leaves the catalogues; git remembers it. Entries
are sorted and carry files without line numbers, so that a catalogue changes only with its text.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tertulia.messages.catalogue import DOMAIN, LANGUAGES, locale_folder

ROOT = Path(__file__).parent.parent
KEYWORDS = {"tr": None, "ntr": (1, 2), "mark": None}
TRANSLATED = tuple(name for name in LANGUAGES if name != "en")

_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""The .mo has a date in its header, and would change with every compilation."""
_HEADER = "# Translations of tertulia. Apache-2.0."


def extract() -> Catalog:
    """Every message of the code and its templates, without translations."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    template = _new_catalogue(None)
    found = extract_from_dir(
        str(ROOT), methods, options, keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for path, _line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        template.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    return template


def read_catalogue(language: str) -> Catalog:
    """The translations into `language`, empty where there are none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return _new_catalogue(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(language: str, template: Catalog) -> Catalog:
    """Brings the .po of `language` up to `template` and writes it; nothing is guessed."""
    old = read_catalogue(language)
    new = _new_catalogue(language)
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id)
        new.add(
            message.id,
            string=known.string if known and known.id == message.id else None,
            locations=message.locations,
            auto_comments=message.auto_comments,
        )
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_po_bytes(new))
    return new


def compile_catalogue(language: str) -> bytes:
    """What the .mo of `language` should hold."""
    catalogue = read_catalogue(language)
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def catalogue_path(language: str) -> Path:
    return locale_folder() / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def untranslated(catalogue: Catalog) -> list[str]:
    """Messages that lack a text in one of their forms."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and not all(_forms(message.string))
    ]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _new_catalogue(language: str | None) -> Catalog:
    return Catalog(
        locale=language, domain=DOMAIN, project=DOMAIN, header_comment=_HEADER, fuzzy=False
    )


def _po_bytes(catalogue: Catalog) -> bytes:
    """The file without dates or tool versions, which would change it for no reason."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=98, sort_output=True, include_lineno=False)
    volatile = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Project-Id',
                b'"Report-Msgid', b'"Last-Translator', b'"Language-Team')  # fmt: skip
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(volatile))


def main() -> int:
    template = extract()
    missing = 0
    for language in TRANSLATED:
        catalogue = update(language, template)
        catalogue_path(language).with_suffix(".mo").write_bytes(compile_catalogue(language))
        todo = untranslated(catalogue)
        missing += len(todo)
        print(f"{language}: {len(catalogue)} messages, {len(todo)} to translate")
        for message in todo:
            print(f"  {message!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
