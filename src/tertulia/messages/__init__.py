"""User-facing text: English in the source, looked up in the reader's language at run time."""

from tertulia.messages.catalogue import LANGUAGES, language, locale_folder, mark, ntr, reading, tr

__all__ = ["LANGUAGES", "language", "locale_folder", "mark", "ntr", "reading", "tr"]
