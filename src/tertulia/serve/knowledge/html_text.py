"""HTML: what a page says to its reader, with headings, lists and tables.

The main part is what the page itself calls so (`<main>`, one `<article>`), else all of it; menus,
headers and footers are left out. Nothing is guessed from how a passage looks: on pages of help,
such guesses were seen to drop short lists.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from tertulia.corpus.readers.web_page import decoded_page, page_title
from tertulia.errors import DataError
from tertulia.serve.knowledge.structured_text import Structure, StructuredText

_SKIPPED = [
    "script", "style", "noscript", "template", "nav", "footer", "iframe", "object", "svg",
    "[role=navigation]", "[role=contentinfo]", "[role=banner]", "[role=search]", "button",
    "select", "dialog", "[aria-hidden=true]",
]  # fmt: skip


def read_html(data: bytes, name: str) -> Structure:
    """The structure of a page. Raises DataError `corpus.damaged`."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    try:
        tree = HTMLTree.parse(decoded_page(data))
        title = page_title(tree)
        marked = extract_plain_text(
            _main_part(tree),
            preserve_formatting="minimal_html",
            main_content=False,
            alt_texts=False,
            skip_elements=_SKIPPED,
        )
    except (ValueError, RuntimeError, UnicodeError, AttributeError, TypeError) as error:
        raise DataError("corpus.damaged", f"a page cannot be read ({error})", where=name) from error
    out = StructuredText(name)
    reader = _Marked(out)
    reader.feed(marked)
    reader.close()
    reader.end()
    return out.finish(title=title)


def _main_part(tree: Any) -> Any:
    from resiliparse.parse.html import HTMLTree

    for selector in ("main", "[role=main]", "article"):
        found = tree.document.query_selector_all(selector)
        if len(found) == 1 and found[0].text.strip():
            return HTMLTree.parse(found[0].html)
    return tree


class _Marked(HTMLParser):
    """Reads the few elements that the extraction leaves: headings, paragraphs, items, lines."""

    def __init__(self, out: StructuredText) -> None:
        super().__init__(convert_charrefs=True)
        self._out = out
        self._gathered: list[str] = []
        self._element = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._gathered.append("\n")
        elif tag not in ("a", "ul", "ol"):
            self.end()
            self._element = tag

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("a", "br"):
            self.end()

    def handle_data(self, data: str) -> None:
        self._gathered.append(data)

    def end(self) -> None:
        """What was gathered becomes the piece that its element makes it."""
        text, element = "".join(self._gathered), self._element
        self._gathered, self._element = [], ""
        if len(element) == 2 and element[0] == "h" and element[1].isdecimal():
            self._out.heading(int(element[1]), text)
        elif element == "li":
            self._out.row(f"• {text.strip()}" if text.strip() else "")
        elif element:
            self._out.paragraph(text)
        else:
            # Text outside elements: a line each, a table's row among them.
            for line in text.split("\n"):
                if "\t" in line.strip():
                    cells = [cell.strip() for cell in line.strip().split("\t\t")]
                    self._out.row("\t".join(cells))
                else:
                    self._out.paragraph(line)
