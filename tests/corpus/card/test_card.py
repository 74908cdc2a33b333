"""The card says what the artifacts say, in every language, and machines understand it."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest

from tertulia.corpus.card.facts import gather_facts
from tertulia.corpus.card.funnel import draw_funnel
from tertulia.corpus.card.sections import sections_of, whole
from tertulia.corpus.card.write import render_datasheet, render_page, write_card
from tertulia.messages import LANGUAGES, reading
from tests.corpus.finished_corpus import IDS, OPTED_OUT, SETTINGS, make_run


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run") / "corpus-0000"


def _documents(corpus: Path) -> Path:
    return corpus.parent / "documents-0000"


def _write(corpus: Path) -> Path:
    write_card(corpus, _documents(corpus), name="proba", settings=SETTINGS, out=corpus)
    return corpus


def test_every_language_has_its_card(corpus: Path) -> None:
    _write(corpus)
    suffixes = ["", *(f".{tag.replace('@', '-')}" for tag in LANGUAGES if tag != "en")]
    pages = [(corpus / f"card{s}.html").read_text("utf-8") for s in suffixes]
    sheets = [(corpus / f"DATASHEET{s}.md").read_text("utf-8") for s in suffixes]
    assert len({*pages, *sheets}) == 2 * len(LANGUAGES)
    assert '<html lang="ca-valencia">' in pages[suffixes.index(".ca-valencia")]


def test_facts_are_counted_from_the_files(corpus: Path) -> None:
    facts = gather_facts(corpus, _documents(corpus), name="proba", settings=SETTINGS)
    assert [(p.language, p.split, p.source, p.documents) for p in facts.parts] == [
        ("ca", "held_out", "help", 1),
        ("es", "train", "web", 1),
        ("es", "train", "web", 1),
    ]
    assert facts.steps["licence"] == 2 and facts.steps["near-duplicates"] == 4
    assert facts.settings["corpus.quality.min_words"] == "5"
    assert facts.personal_data == {"email": 3}
    assert facts.stated_licences == (("CC-BY 4.0", "CC-BY-4.0", 2),)
    assert facts.dropped_ids["opted-out"] == (OPTED_OUT,)
    assert {sample.id for sample in facts.samples} == {IDS["kept"], IDS["region"]}
    assert all(len(sample.text) <= 301 for sample in facts.samples)
    assert facts.samples[0].text.endswith("…") or facts.samples[1].text.endswith("…")


def test_the_datasheet_answers_what_a_datasheet_is_asked(corpus: Path) -> None:
    text = render_datasheet(
        gather_facts(corpus, _documents(corpus), name="proba", settings=SETTINGS)
    )
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert titles == [
        "Motivation", "Composition", "Sources and licences", "Collection", "Preprocessing",
        "What was left out", "Settings and thresholds", "Personal data",
        "Languages and varieties", "Limits", "How to opt out",
    ]  # fmt: skip
    for row in (
        "| español | training | 2 |",
        "| web | CC-BY-4.0 | español | 1 |",
        "| CC-BY 4.0 | CC-BY-4.0 | 2 |",
        "| quality-decision | 1 | 5 | 4 |",
        "| quality-decision | too-short | 1 | 7 |",
        "| corpus.quality.min_words | 5 |",
        "| email | 3 |",
        "| web | 2.5 |",
    ):
        assert row in text
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count("|") for line in block.splitlines()}) == 1


def test_the_page_needs_nothing_beside_it_and_trusts_no_text(corpus: Path) -> None:
    page = render_page(gather_facts(corpus, _documents(corpus), name="<i>x", settings=SETTINGS))
    assert "&lt;b&gt;casa&lt;/b&gt;" in page and "<b>casa" not in page and "<i>x" not in page
    assert not re.search(r"<script|https?://(?!example\.org)|@import|url\(", page)
    assert page.count("<svg") == 1 and "quality-decision: 4; dropped 1" in page
    assert IDS["kept"] in page


def test_a_corpus_without_its_documents_has_a_card_too(corpus: Path) -> None:
    shutil.rmtree(_documents(corpus))
    facts = gather_facts(corpus, None, name="proba", settings=SETTINGS)
    assert facts.personal_data is None
    assert "Personal data was not looked for." in render_datasheet(facts)


def test_what_is_written_depends_on_no_locale_and_no_folder(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _write(corpus)
    monkeypatch.setenv("TERTULIA_LANG", "eu")
    shutil.copytree(corpus.parent, tmp_path / "elsewhere")
    second = _write(tmp_path / "elsewhere" / "corpus-0000")
    names = sorted(p.name for p in first.iterdir() if p.suffix in (".md", ".html", ".json"))
    assert "croissant.json" in names and len(names) == 2 * len(LANGUAGES) + 4
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_sections_are_complete_in_every_language(corpus: Path, language: str) -> None:
    facts = gather_facts(corpus, _documents(corpus), name="proba", settings=SETTINGS)
    with reading(language):
        sections = sections_of(facts)
    assert len(sections) == 11
    for section in sections:
        assert section.title and (section.paragraphs or section.points or section.tables)
        for table in section.tables:
            assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_funnel_draws_a_bar_as_long_as_its_count() -> None:
    steps = [
        {"step": "read", "documents_in": 100, "documents_out": 50},
        {"step": "a<b", "documents_in": 50, "documents_out": 60},
    ]
    drawn = draw_funnel(steps, title="t", dropped="dropped", number=whole)
    widths = dict(
        re.findall(r'class="(kept|lost)".*?width="([\d.]+)"', drawn[: drawn.index("a&lt;b")])
    )
    assert widths["kept"] == widths["lost"]
    assert drawn.count('class="lost"') == 1 and "a<b" not in drawn
    assert draw_funnel([], title="t", dropped="d", number=whole).endswith("</svg>")


def _croissant(corpus: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_write(corpus) / "croissant.json").read_bytes())
    return content


def test_the_description_names_every_file_with_its_digest(corpus: Path) -> None:
    content = _croissant(corpus)
    for entry in content["distribution"]:
        data = (corpus / entry["contentUrl"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert [entry["@id"] for entry in content["distribution"]] == [
        "train/es.parquet",
        "held_out/ca.parquet",
    ]
    assert content["license"] == [
        "https://spdx.org/licenses/CC-BY-4.0.html", "CC0-1.0 OR MIT", "LicenseRef-old",
    ]  # fmt: skip


def test_mlcroissant_finds_the_description_valid_and_reads_the_texts(
    corpus: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        _croissant(corpus)
        with caplog.at_level(logging.WARNING):
            dataset = mlcroissant.Dataset(str(corpus / "croissant.json"))
        assert dataset.metadata.issues.errors == set()
        rows = list(dataset.records("train-es"))
    assert {row["train-es/id"].decode() for row in rows} == {IDS["kept"], IDS["region"]}
