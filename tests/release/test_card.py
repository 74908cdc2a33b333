"""The card states what the model is, how it measures, and what it cannot do."""

from __future__ import annotations

import dataclasses

import pytest

from tertulia.release.card import CardFacts, render_card
from tertulia.release.figures import Figure, LanguageFigures, SplitFigures
from tertulia.release.names import ModelName
from tertulia.release.text_sources import TextSource


def _facts() -> CardFacts:
    row = LanguageFigures(
        language="eu",
        documents=31,
        values={"base": Figure(value=2.5, low=2.4, high=2.6), "xz": Figure(value=3.1)},
    )
    missing = LanguageFigures(language="gl", documents=8, values={"xz": Figure(value=3.2)})
    return CardFacts(
        name=ModelName(family="tertulia", size="7m", kind="instruct", version="0.1"),
        licence="Apache-2.0",
        languages=("es", "ca", "ca-valencia", "eu", "gl"),
        parameters=7_238_912,
        context=256,
        tokens=2_000_000,
        training=(("Layers", "6"),),
        figures=(SplitFigures(split="held_out", columns=("base", "xz"), rows=(row, missing)),),
        conversations=(("libreoffice-help", "MPL-2.0"), ("mine", "CC0-1.0")),
        sources=(
            TextSource(
                source="odd | name",
                licence="CC-BY-4.0",
                languages=("eu",),
                documents=9,
                bytes=1234,
                sites=(),
            ),
        ),
    )


@pytest.fixture
def card() -> str:
    return render_card(_facts())


def test_the_front_matter_is_what_model_hubs_read(card: str) -> None:
    front = card.split("---\n")[1].splitlines()
    assert "license: apache-2.0" in front
    assert front[front.index("language:") + 1 :][:4] == ["- ca", "- es", "- eu", "- gl"]
    assert "pipeline_tag: text-generation" in front


def test_figures_stand_with_their_intervals_and_gaps_are_shown(card: str) -> None:
    assert "| eu | 2.500 [2.400, 2.600] | 3.100 | 31 |" in card
    assert "| gl | – | 3.200 | 8 |" in card


def test_sources_stand_with_their_licences_and_cannot_break_the_table(card: str) -> None:
    assert "| odd \\| name | CC-BY-4.0 | eu | 9 | 1234 |" in card


def test_conversations_stand_with_their_licences(card: str) -> None:
    assert "- libreoffice-help: MPL-2.0" in card
    assert "- mine: CC0-1.0" in card


def test_languages_are_called_by_their_own_names(card: str) -> None:
    assert "euskara (eu)" in card


def test_limits_are_said_plainly(card: str) -> None:
    assert "invents facts" in card
    assert "no training against harmful answers" in card


def test_an_instruct_model_names_the_base_it_comes_from(card: str) -> None:
    assert "tertulia-7m-base-v0.1" in card
    base = render_card(
        dataclasses.replace(_facts(), name=dataclasses.replace(_facts().name, kind="base"))
    )
    assert "has not been taught to follow instructions" in base


def test_a_model_that_was_not_measured_says_so() -> None:
    card = render_card(dataclasses.replace(_facts(), figures=()))
    assert "This model has not been measured." in card


def test_tables_are_whole(card: str) -> None:
    """Each row of a table has as many cells as its header."""
    for block in card.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.replace("\\|", "").count("|") for row in rows}) <= 1, block
