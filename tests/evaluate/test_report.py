"""The report holds every figure, stands alone, and says in words what the intervals allow."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tertulia.evaluate.charts import thin_curve
from tertulia.evaluate.report import render_report
from tertulia.evaluate.report_tables import verdict
from tertulia.evaluate.report_words import written

LANGUAGES = ["es", "ca", "ca-valencia", "eu", "gl"]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTULIA_LANG", "en")


def figure(value: float | None) -> dict[str, Any]:
    known = value is not None
    return {
        "bits_per_byte": value,
        "ci_low": value - 0.031 if known else None,
        "ci_high": value + 0.033 if known else None,
    }


def row(base: float, *, comparable: bool = True) -> dict[str, Any]:
    def difference(rival: float) -> dict[str, float]:
        value = base - rival
        return {"difference": value, "ci_low": value - 0.02, "ci_high": value + 0.02}

    def model(value: float) -> dict[str, Any]:
        if not comparable:
            return {**figure(None), "against": {}}
        against = {"kneser-ney": difference(1.9), "xz": difference(2.0), "uniform": difference(8.0)}
        return {**figure(value), "against": against}

    return {
        "bytes": 300_000,
        "documents": 1234,
        "documents_left_out": 5,
        "tokens": 88_000,
        "sources": ["parlamint", "globalvoices"],
        "comparable": comparable,
        "models": {"base": model(base), "instruct": model(base + 0.057)},
        "baselines": {
            "kneser-ney": figure(1.9) if comparable else figure(None),
            "xz": {"bits_per_byte": 2.0, "ci_low": None, "ci_high": None},
            "uniform": {"bits_per_byte": 8.0, "ci_low": None, "ci_high": None},
        },
    }


def some_results() -> dict[str, Any]:
    bases = [1.512, 1.623, 1.734, 1.905, 2.216]
    weights = dict.fromkeys(LANGUAGES, 0.2)
    return {
        "schema": 1,
        "model": {"name": "tertulia-7m-base-v0.1", "parameters": 7_212_544},
        "languages": LANGUAGES,
        "splits": {
            "held_out": {tag: row(base) for tag, base in zip(LANGUAGES, bases, strict=True)},
            "unseen": {"eu": row(2.447), "gl": row(1.0, comparable=False)},
        },
        "baselines": {
            "kneser-ney": {"order": 5, "training_tokens": 1_500_000},
            "xz": {"training_bytes": 30_000_000, "training_bytes_total": 30_500_000},
            "uniform": {},
        },
        "samples": [
            {
                "language": "ca-valencia",
                "model": model,
                "prompt": "El xiquet <b>va</b>",
                "continuation": f" eixir {model} & prou",
            }
            for model in ("base", "instruct")
        ],
        "training": {
            "tokens_seen": 1_500_000,
            "loss": {
                "pretrain": [[n * 8192, 9 - n / 40] for n in range(1, 180)],
                "align": [[n * 8192, 4 - n / 40] for n in range(1, 20)],
            },
        },
        "tokenizer": {
            "vocabulary": 8192,
            "languages": {
                tag: {"tokens_per_word": 1.71, "bytes_per_token": 3.48} for tag in LANGUAGES
            },
        },
        "corpus": {
            "mixture": {
                "weights": weights,
                "bytes": dict.fromkeys(LANGUAGES, 6_100_000),
                "documents": dict.fromkeys(LANGUAGES, 4321),
            },
            "ledger": {
                "funnel": [{"step": "identify", "documents_in": 9001, "documents_out": 8765}],
                "drops": [
                    {
                        "step": "identify",
                        "reason": "identify.other-language",
                        "language": tag,
                        "source": "s",
                        "documents": 59,
                        "bytes": 10_000,
                    }
                    for tag in LANGUAGES[:4]
                ],
            },
        },
        "settings": {
            "seed": 0,
            "context": 256,
            "bootstrap_samples": 1000,
            "max_bytes_per_language": 400_000,
            "versions": {"torch": "2.13.0"},
        },
    }


class Page(HTMLParser):
    """Collects tags with their attributes, and checks that elements close in order."""

    VOID = frozenset({"meta", "br", "link", "img", "circle", "line"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_figure_is_on_the_page() -> None:
    results = some_results()
    text = re.sub(r"<[^>]+>", " ", render_report(results))
    for split in results["splits"].values():
        for language in split.values():
            for measured in (*language["models"].values(), *language["baselines"].values()):
                for key in ("bits_per_byte", "ci_low", "ci_high"):
                    if measured[key] is not None:
                        assert written(measured[key], 3) in text
    for shown in (
        "1.71",
        "3.48",
        "8765",
        "9001",
        "236",
        "identify.other-language",
        "4321",
        "2.13.0",
    ):
        assert shown in re.sub("\N{NARROW NO-BREAK SPACE}", "", text)


def test_nothing_comes_from_elsewhere_and_nothing_runs() -> None:
    page = render_report(some_results())
    assert "http" not in page and "//" not in page and "@import" not in page
    tags = Page(page).tags
    assert {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object"} == set()
    assert not any(name in {"src", "href"} for _, attributes in tags for name in attributes)
    assert page.startswith("<!DOCTYPE html>")


def test_tables_and_languages_are_marked_for_readers_by_ear() -> None:
    tags = Page(render_report(some_results())).tags
    headers = [attributes for tag, attributes in tags if tag == "th"]
    assert headers and all(h.get("scope") in {"col", "row"} for h in headers)
    assert sum(tag == "caption" for tag, _ in tags) == sum(tag == "table" for tag, _ in tags)
    assert ("html", {"lang": "en"}) in tags
    assert ("span", {"lang": "ca-valencia"}) in tags
    assert all(a.get("role") == "img" and a.get("aria-label") for t, a in tags if t == "svg")


def test_text_of_models_is_escaped() -> None:
    page = render_report(some_results())
    assert "El xiquet &lt;b&gt;va&lt;/b&gt;" in page and " eixir base &amp; prou" in page


@pytest.mark.parametrize(
    ("base", "words"),
    [
        (1.512, "Better than 5-gram, xz -9e"),
        (1.905, "No clear difference from 5-gram"),
        (1.95, "Worse than 5-gram"),
        (2.216, "Worse than 5-gram, xz -9e"),
    ],
)
def test_the_verdict_claims_no_more_than_the_intervals(base: float, words: str) -> None:
    assert verdict(row(base)) == words


def test_what_cannot_be_compared_says_so() -> None:
    assert verdict(row(1.0, comparable=False)).startswith("Not comparable")
    assert "The base model beats every baseline in 3 of 5 languages." in render_report(
        some_results()
    )


def test_a_page_without_optional_parts_still_renders() -> None:
    results = some_results()
    results["splits"]["unseen"] = {}
    results["samples"] = []
    results["training"]["loss"] = {}
    for language in results["splits"]["held_out"].values():
        language["baselines"] = {}
        for model in language["models"].values():
            model["against"] = {}
    results["baselines"] = {}
    Page(render_report(results))


def test_a_long_curve_is_thinned_to_means() -> None:
    points = thin_curve([(float(n), float(n % 2)) for n in range(1000)], most=100)
    assert len(points) == 100 and {y for _, y in points} == {0.5}
    assert points[-1][0] == 999.0
