"""What a reader sees of the screens, and what a program does."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest

from tertulia.discover.value_chain import (
    GasScreen,
    GasSpec,
    MaterialScreen,
    MaterialSpec,
    SolventScreen,
    SolventSpec,
    render_page,
    screen_gases,
    screen_materials,
    screen_solvents,
)
from tertulia.discover.value_chain.gas_words import change_name
from tertulia.discover.value_chain.screen_page import number, significant, span
from tertulia.discover.value_chain.solvent_words import reason_name
from tertulia.messages.catalogue import LANGUAGES, reading
from tertulia.recipe.shipped import shipped_folder

Screen = GasScreen | MaterialScreen | SolventScreen
NAMES = ("gases", "bill-of-materials", "solvents")


def _with_tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    return value


def screen(name: str) -> Screen:
    """A shipped brief, read as strictly as a recipe is."""
    text = shipped_folder("briefs", f"{name}.toml").read_text(encoding="utf-8")
    data = _with_tuples(tomllib.loads(text))
    if name == "gases":
        return screen_gases(GasSpec.model_validate(data["gases"], strict=True))
    if name == "solvents":
        return screen_solvents(SolventSpec.model_validate(data["solvents"], strict=True))
    return screen_materials(MaterialSpec.model_validate(data["materials"], strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_brief_is_screened_and_its_numbers_name_their_rows(name: str) -> None:
    told = json.loads(json.dumps(screen(name).to_json()))
    kinds = {"gases": "gases", "bill-of-materials": "materials", "solvents": "solvents"}
    assert told["screen"] == kinds[name]
    cited = re.findall(r'"sha256": "[0-9a-f]{64}", "row": "[^"]+", "line": \d+', json.dumps(told))
    assert len(cited) > 10


@pytest.mark.parametrize("name", NAMES)
def test_the_same_brief_gives_the_same_screen(name: str) -> None:
    assert screen(name) == screen(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_in_the_readers_language_and_loads_nothing(language: str) -> None:
    with reading(language):
        page = render_page("<Prova & co>", [screen(name).section() for name in NAMES])
    assert f'<html lang="{language.replace("@", "-")}">' in page
    assert "&lt;Prova &amp; co&gt;" in page and "<Prova" not in page
    assert not re.search(r"(src|href)=|<script|@import|url\(", page)
    heading = {
        "ca": "Gasos de procés",
        "ca@valencia": "Gasos de procés",
        "en": "Process gases",
        "es": "Gases de proceso",
        "eu": "Prozesu-gasak",
        "gl": "Gases de proceso",
    }[language]
    assert f"<h2>{heading}</h2>" in page


def test_attribution_and_licence_stand_on_the_page() -> None:
    page = screen("bill-of-materials").to_html()
    assert page.startswith("<section") and "European Commission" in page and "CC-BY-4.0" in page
    assert "MIT (repository)" in screen("solvents").to_html()
    assert "CC0" in screen("gases").to_html()


def test_what_a_person_wrote_is_escaped() -> None:
    spec = {"lines": [{"name": "<b>resin</b>", "mass": 1.0, "unassessed": True}]}
    page = screen_materials(MaterialSpec.model_validate(spec)).to_html()
    assert "&lt;b&gt;resin&lt;/b&gt;" in page and "<b>" not in page
    assert "unknown" in page


def test_every_code_of_the_facts_has_words() -> None:
    functions = shipped_folder("materials", "gases", "functions.toml").read_text(encoding="utf-8")
    codes = {code for each in tomllib.loads(functions)["changes"].values() for code in each}
    assert all(change_name(code) for code in codes)
    facts = shipped_folder("materials", "solvents", "facts.toml").read_text(encoding="utf-8")
    assert all(reason_name(code) for code in [*tomllib.loads(facts)["lists"], "doubtful"])


def test_figures_are_written_as_the_language_does() -> None:
    assert number(1234.5, 1) == "1\N{NARROW NO-BREAK SPACE}234.5"
    assert number(None, 1) == "\N{EN DASH}"
    assert number(-0.5, 1) == "\N{MINUS SIGN}0.5"
    assert (significant(0.12345), significant(12.345), significant(12345.6)) == (
        "0.123",
        "12.3",
        "12\N{NARROW NO-BREAK SPACE}346",
    )
    assert (span(1.0, 1.0, 1.0), span(1.0, 1.5, 2.0)) == ("1.00", "1.50 [1.00, 2.00]")
    with reading("es"):
        assert span(1.0, 1.5, 2.0) == "1,50 [1,00; 2,00]"
