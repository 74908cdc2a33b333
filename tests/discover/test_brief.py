"""A brief is read as written, and a mistake in it is told at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.discover.brief import Brief, load_brief
from tertulia.discover.screens import ScreenBrief
from tertulia.errors import RecipeError
from tertulia.recipe.shipped import shipped_names

HEAD = 'schema = 1\nkind = "campaign"\nname = "try"\n'


def written(folder: Path, text: str) -> str:
    path = folder / "brief.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def refused(folder: Path, text: str) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        load_brief(written(folder, text))
    return caught.value


def test_every_shipped_brief_is_read() -> None:
    read = {name: load_brief(name) for name in shipped_names("briefs")}
    assert isinstance(read["materials-pag"], Brief)
    assert all(isinstance(read[name], ScreenBrief) for name in set(read) - {"materials-pag"})


def test_a_brief_needs_no_more_than_its_name(tmp_path: Path) -> None:
    brief = load_brief(written(tmp_path, HEAD))
    assert isinstance(brief, Brief)
    assert brief.target.reference == "tosylate" and brief.constraints.pfas == "oecd-2021"


def test_limits_and_seeds_are_the_author_s(tmp_path: Path) -> None:
    text = HEAD + '[constraints]\nelements = ["C", "H", "O"]\n[generators]\nseeds = ["CC(=O)O"]\n'
    brief = load_brief(written(tmp_path, text))
    assert isinstance(brief, Brief)
    assert brief.constraints.elements == ("C", "H", "O")
    assert brief.generators.seeds == ("CC(=O)O",)


@pytest.mark.parametrize(
    ("text", "code", "line", "says"),
    [
        (HEAD + "[search]\nbach = 3\n", "recipe.unknown-key", 5, "`batch`"),
        (HEAD + '[search]\nstrategy = "luck"\n', "recipe.wrong-value", 5, "'greedy'"),
        (HEAD + "[budget]\ncalculations = 0\n", "recipe.wrong-value", 5, "at least 1"),
        (HEAD + '[target]\nreference = "acetate"\n', "recipe.wrong-value", 5, "tosylate"),
        (HEAD + '[generators]\nseeds = ["C(C"]\n', "recipe.wrong-value", 5, "SMILES"),
        (HEAD + '[generators]\nseeds = ["CC"]\n', "recipe.wrong-value", 5, "acid"),
        (
            HEAD + "[generators]\nfragments = 0.0\ngraph_ga = 0.0\nselfies = 0.0\n",
            "recipe.wrong-value",
            4,
            "more than 0",
        ),
        (HEAD + '[constraints]\nelements = ["Xx"]\n', "recipe.wrong-value", 5, "Xx"),
        ('schema = 1\nkind = "screen"\nname = "x"\n', "recipe.wrong-value", None, "gases"),
        ('schema = 1\nkind = "recipe"\nname = "x"\n', "recipe.wrong-value", 2, "campaign"),
        ('kind = "campaign"\nname = "x"\n', "recipe.no-schema", None, "schema = 1"),
        ("schema = 9\n", "recipe.newer-schema", 1, "Update"),
        ("schema = \n", "recipe.syntax", 1, "quotes"),
    ],
)
def test_a_mistake_is_told_where_it_is(
    tmp_path: Path, text: str, code: str, line: int | None, says: str
) -> None:
    error = refused(tmp_path, text)
    assert error.code == code
    assert says in f"{error.what} {error.remedy}"
    if line is not None:
        assert f"line {line}" in str(error.where)


def test_a_brief_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(RecipeError) as caught:
        load_brief("material-pag")
    assert caught.value.code == "discover.no-brief"
    assert "materials-pag" in str(caught.value.remedy)


def test_a_folder_is_no_brief(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        load_brief(str(tmp_path))
    assert caught.value.exit_code == 2
