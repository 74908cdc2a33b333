"""The dossier as a reader meets it: pages in six languages that hang together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import escape

from scripts.messages import read_catalogue
from tertulia.discover.dossier.folder import write_dossier
from tertulia.discover.dossier.page_template import ORDER, tag
from tertulia.discover.outcome import Outcome
from tertulia.messages import reading
from tests.discover.dossier.sample_campaign import HOSTILE, sample

VOID = {"meta", "circle", "line", "path", "polygon", "polyline", "ellipse", "rect", "br", "link"}
EVERY_LANGUAGE = pytest.mark.parametrize("language", ORDER)


class Page(HTMLParser):
    """A page taken apart; fails where an element is not closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.lang = ""
        self.texts: list[str] = []
        self._foreign: list[bool] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = told["lang"] or ""
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        if tag not in VOID:
            self.open.append(tag)
            self._foreign.append(tag in ("code", "style") or (tag != "html" and "lang" in told))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag
        self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self._foreign):
            self.texts.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A campaign's folder with its dossier, and its outcome."""
    folder = tmp_path_factory.mktemp("campaign")
    outcome = sample(folder)
    with reading("gl"):
        assert write_dossier(folder) == folder / "dossier" / "index.html"
    return folder / "dossier", outcome


def pages(dossier: Path, language: str) -> Iterator[tuple[str, str]]:
    """Names and texts of a language's pages."""
    for path in sorted((dossier / tag(language)).glob("*.html")):
        yield path.name, path.read_text(encoding="utf-8")


@cache
def translated(language: str) -> dict[str, str]:
    """What in the catalogue differs from English, by the English text."""
    return {
        message.id: str(message.string)
        for message in read_catalogue(language)
        if isinstance(message.id, str) and message.id and message.string != message.id
    }


@EVERY_LANGUAGE
def test_every_finalist_has_its_page_in_every_language(
    written: tuple[Path, Outcome], language: str
) -> None:
    dossier, outcome = written
    names = [name for name, _ in pages(dossier, language)]
    assert names == ["candidate-01.html", "candidate-02.html", "candidate-03.html", "index.html"]
    for place, anion in enumerate(outcome.finalists, start=1):
        text = dict(pages(dossier, language))[f"candidate-{place:02}.html"]
        assert f"<code>{anion}</code>" in text


@EVERY_LANGUAGE
def test_pages_are_well_formed_in_their_language_and_load_nothing(
    written: tuple[Path, Outcome], language: str
) -> None:
    for _, text in pages(written[0], language):
        page = Page(text)
        assert page.lang == tag(language)
        assert len(page.ids) == len(set(page.ids))
        assert not {"script", "img", "iframe", "link", "object"} & set(page.tags)
        assert not re.search(r"https?://|@import|url\(", text)
        assert text.count('scope="row"') == text.count("<tr") - text.count("<thead")
        assert text.count("<svg") == text.count('role="img"') + text.count('class="molecule"')


def test_every_link_leads_somewhere(written: tuple[Path, Outcome]) -> None:
    dossier, _ = written
    parsed = {
        path: Page(path.read_text(encoding="utf-8")) for path in sorted(dossier.rglob("*.html"))
    }
    assert len(parsed) == 1 + 6 * 4
    for path, page in parsed.items():
        for link in page.links:
            name, _, place = link.partition("#")
            target = (path.parent / name).resolve()
            assert target.is_file(), f"{link} in {path.name}"
            assert not place or place in parsed[target].ids


@pytest.mark.parametrize("language", [name for name in ORDER if name != "en"])
def test_nothing_stays_in_english_that_has_a_translation(
    written: tuple[Path, Outcome], language: str
) -> None:
    known = translated(language)
    for name, text in pages(written[0], language):
        for part in Page(text).texts:
            assert known.get(part, part) == part, f"{name}: {part!r}"


def test_the_first_page_is_in_the_readers_language(written: tuple[Path, Outcome]) -> None:
    text = (written[0] / "index.html").read_text(encoding="utf-8")
    assert Page(text).lang == "gl"
    assert 'href="gl/candidate-01.html"' in text and 'href="eu/index.html"' in text


def test_what_others_wrote_is_never_markup(written: tuple[Path, Outcome]) -> None:
    shown = 0
    for language in ORDER:
        for _, text in pages(written[0], language):
            assert "<script" not in text
            shown += text.count(str(escape(HOSTILE)))
    assert shown >= 6 * 3


def test_numbers_stand_with_their_intervals_as_the_language_writes_them(
    written: tuple[Path, Outcome],
) -> None:
    english = dict(pages(written[0], "en"))
    basque = dict(pages(written[0], "eu"))
    # 93.25 kcal/mol is (93.25 - 120) / 5 = -5.35 in the sample's pKa, two units to each side.
    assert "−5.3 [−7.3,\N{NO-BREAK SPACE}−3.3]" in english["index.html"]
    assert "−5,3 [−7,3;\N{NO-BREAK SPACE}−3,3]" in basque["index.html"]
    assert "95.00 [91.00,\N{NO-BREAK SPACE}99.00]" in english["candidate-01.html"]
    assert "4.00 [3.50,\N{NO-BREAK SPACE}4.50]" in english["candidate-01.html"]
    assert "unknown" in english["candidate-01.html"]
    assert "93.25 kcal/mol" in english["candidate-01.html"]
    assert "−21.37 kcal/mol" in english["candidate-01.html"]
    assert "200.0" in english["candidate-01.html"] and "0.0123" in english["candidate-01.html"]


def test_every_key_that_is_shown_has_its_record(written: tuple[Path, Outcome]) -> None:
    dossier, _ = written
    kept = {path.stem[:12] for path in (dossier.parent / "results" / "records").glob("*/*.json")}
    for name, text in pages(dossier, "en"):
        shown = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", text))
        assert shown and shown <= kept
        commands = re.findall(r"tertulia discover report sample --again ([0-9a-f]+)", text)
        assert commands and set(commands) <= kept, name


def test_what_was_not_computed_is_said(written: tuple[Path, Outcome]) -> None:
    english = dict(pages(written[0], "en"))
    second, third = english["candidate-02.html"], english["candidate-03.html"]
    assert "It failed: did not converge." in second
    assert second.count("Not computed: it waits for approval.") == 2
    assert third.count("<p>Not computed.</p>") == 2
    assert "Not computed" not in english["candidate-01.html"]
    assert "no-such-reason" in english["index.html"]


def test_the_campaigns_page_tells_it_all(written: tuple[Path, Outcome]) -> None:
    text = dict(pages(written[0], "en"))["index.html"]
    for name in ("triflate", "nonaflate", "tosylate", "pentacyanocyclopentadienide"):
        assert f'id="anchor-{name}"' in text
    for code in ("pfas-oecd-2021", "labile-anhydride", "impossible-valence", "outranked"):
        assert f"<code>{code}</code>" in text
    assert text.count('class="plot"') == 3
    assert "tertulia discover run sample --approve 1" in text
    assert 'href="candidate-01.html"' in text and "ranked only" in text
    assert text.count('<circle class="finalist"') == len(re.findall("span finalist", text)) == 3


def test_lineage_leads_from_parents_to_seeds(written: tuple[Path, Outcome]) -> None:
    text = dict(pages(written[0], "en"))["candidate-01.html"]
    assert 'href="candidate-02.html"' in text
    assert "not calculated in this campaign" in text
    assert "2 generations before" in text and 'href="index.html#c1"' in text
    third = dict(pages(written[0], "en"))["candidate-03.html"]
    assert "It has no parents." in third
