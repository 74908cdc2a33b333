"""Names of sources become files of this machine, and their content a digest."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tertulia.errors import DataError, RecipeError
from tertulia.recipe.load import LoadedRecipe, load_recipe
from tertulia.recipe.sources import ResolvedSource, resolve_sources, source_digest

TINY = Path(__file__).parents[1] / "fixtures" / "tiny.toml"


def recipe_naming(folder: Path, *names: str) -> LoadedRecipe:
    listed = ", ".join(f'"{name}"' for name in names)
    text = TINY.read_text().replace('["texts"]', f"[{listed}]")
    (folder / "r.toml").write_text(text)
    return load_recipe(folder / "r.toml")


def refusal(folder: Path, *names: str) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        resolve_sources(recipe_naming(folder, *names), "corpus")
    return caught.value


def test_a_path_is_relative_to_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text("{}\n")
    (source,) = resolve_sources(recipe_naming(tmp_path, "data/a.jsonl"), "corpus")
    assert source == ResolvedSource(name="data/a.jsonl", path=tmp_path / "data/a.jsonl")


def test_an_entry_of_the_sources_file_goes_first(tmp_path: Path) -> None:
    for name in ("wiki", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "sources.toml").write_text(
        'schema = 1\n[sources.wiki]\npath = "elsewhere"\nlanguage = "es-AR"\n'
        'licence = "CC0-1.0"\nsplit = "unseen"\ntext_field = "body"\n'
    )
    (source,) = resolve_sources(recipe_naming(tmp_path, "wiki"), "corpus")
    assert source == ResolvedSource(
        name="wiki",
        path=tmp_path / "elsewhere",
        language="es-AR",
        licence="CC0-1.0",
        split="unseen",
        text_field="body",
    )


def test_the_shipped_corpus_and_instructions_have_names() -> None:
    loaded = load_recipe("quickstart")
    (corpus,) = resolve_sources(loaded, "corpus")
    (instructions,) = resolve_sources(loaded, "instructions")
    assert corpus.path.parts[-2:] == ("shipped", "starter")
    assert instructions.path.parts[-3:] == ("shipped", "instructions", "starter")


@pytest.mark.parametrize("name", ["recipes", "instructions", "machines"])
def test_other_shipped_folders_are_no_corpora(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, name).code == "recipe.no-source"


@pytest.mark.parametrize("name", ["/srv/texts", "~/texts", "C:/texts", "//host/texts"])
def test_an_absolute_path_is_refused_in_a_recipe(tmp_path: Path, name: str) -> None:
    error = refusal(tmp_path, name)
    assert error.code == "recipe.absolute-path"
    assert "line 7, key `corpus.sources[0]`" in str(error.where)
    assert "sources.toml" in str(error.remedy)


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('schema = 1\n[sources.wiki]\npath = "w"\n')
    error = refusal(tmp_path, "wikki")
    assert error.code == "recipe.no-source"
    assert "wiki" in str(error.remedy)


@pytest.mark.parametrize(
    ("entry", "code", "place"),
    [
        ('path = "nowhere"', "recipe.no-source", "sources.toml, line 3"),
        ('path = "no/**/*.pdf"', "recipe.no-source", "sources.toml, line 3"),
        ('path = "."\nurl = "file:///x"', "recipe.wrong-value", "sources.toml, line 2"),
        ('licence = "CC0-1.0"', "recipe.missing-key", "sources.toml, line 2"),
        ('pth = "x"', "recipe.unknown-key", "sources.toml, line 3, key `sources.wiki.pth`"),
        ('path = "."\nsplit = "test"', "recipe.wrong-value", "sources.toml, line 4"),
        ('path = "."\nlanguage = "Spanish"', "recipe.wrong-value", "sources.toml, line 4"),
    ],
)
def test_a_mistake_in_the_sources_file_is_placed(
    tmp_path: Path, entry: str, code: str, place: str
) -> None:
    (tmp_path / "sources.toml").write_text(f"schema = 1\n[sources.wiki]\n{entry}\n")
    error = refusal(tmp_path, "wiki")
    assert error.code == code
    assert place in str(error.where)


def test_a_url_names_the_remedy(tmp_path: Path) -> None:
    error = refusal(tmp_path, "https://example.org/texts.jsonl")
    assert error.code == "recipe.url-source"
    assert "Download it" in str(error.remedy)


def digest(path: Path) -> str:
    return source_digest(ResolvedSource(name="texts", path=path))


def test_the_digest_follows_names_and_content_only(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    (texts / "inner").mkdir(parents=True)
    (texts / "a.txt").write_text("a")
    (texts / "inner" / "b.txt").write_text("b")
    first = digest(texts)

    os.utime(texts / "a.txt", (0, 0))
    shutil.copytree(texts, tmp_path / "moved")
    (tmp_path / "moved" / "__pycache__").mkdir()
    (tmp_path / "moved" / "__pycache__" / "x.pyc").write_text("x")
    assert digest(tmp_path / "moved") == first

    (texts / "a.txt").write_text("c")
    assert digest(texts) != first
    (texts / "a.txt").write_text("a")
    (texts / "a.txt").rename(texts / "c.txt")
    assert digest(texts) != first


def test_links_are_followed_but_not_round_and_round(tmp_path: Path) -> None:
    texts, other = tmp_path / "texts", tmp_path / "other"
    texts.mkdir()
    other.mkdir()
    (other / "a.txt").write_text("a")
    (texts / "link").symlink_to(other)
    (texts / "round").symlink_to(texts)
    first = digest(texts)
    (other / "a.txt").write_text("b")
    assert digest(texts) != first


def test_missing_empty_and_broken_sources_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no file") as caught:
        digest(tmp_path)
    assert caught.value.code == "recipe.source-empty"
    with pytest.raises(DataError) as caught:
        digest(tmp_path / "nowhere")
    assert caught.value.code == "recipe.source-missing"
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"broken\.txt") as caught:
        digest(tmp_path)
    assert caught.value.code == "recipe.source-unreadable"


def test_a_pattern_is_a_folder_and_what_to_take_of_it(tmp_path: Path) -> None:
    (tmp_path / "texts" / "b").mkdir(parents=True)
    (tmp_path / "texts" / "b" / "a.txt").write_text("a")
    (tmp_path / "texts" / "c.csv").write_text("c")
    (tmp_path / "sources.toml").write_text('schema = 1\n[sources.wiki]\npath = "texts/**/*.txt"\n')
    (source,) = resolve_sources(recipe_naming(tmp_path, "wiki"), "corpus")
    assert (source.path, source.pattern) == (tmp_path / "texts", "**/*.txt")
    first = source_digest(source)
    (tmp_path / "texts" / "c.csv").write_text("d")
    assert source_digest(source) == first
    (tmp_path / "texts" / "b" / "a.txt").write_text("b")
    assert source_digest(source) != first


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("a")
    (tmp_path / "sources.toml").write_text('schema = 1\n[sources.wiki]\npath = "a[1].txt"\n')
    (source,) = resolve_sources(recipe_naming(tmp_path, "wiki"), "corpus")
    assert (source.path, source.pattern) == (tmp_path / "a[1].txt", None)


def test_a_source_crosses_to_a_worker_as_json() -> None:
    source = ResolvedSource(name="a", path=Path("b") / "c", pattern="*.txt")
    assert ResolvedSource.from_json(json.loads(json.dumps(source.as_json()))) == source


def test_what_nobody_sets_changes_no_key() -> None:
    declared = ResolvedSource(name="a", path=Path("b")).declared()
    assert sorted(declared) == ["language", "licence", "split", "text_field"]


def test_rules_beside_a_file_or_a_pattern_are_part_of_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "crawl.jsonl").write_text("{}\n")
    for source in (
        ResolvedSource(name="file", path=tmp_path / "crawl.jsonl"),
        ResolvedSource(name="pattern", path=tmp_path, pattern="*.jsonl"),
    ):
        before = source_digest(source)
        (tmp_path / "robots.txt").write_text("User-agent: *\nDisallow: /\n")
        assert source_digest(source) != before
        (tmp_path / "robots.txt").unlink()
        assert source_digest(source) == before
