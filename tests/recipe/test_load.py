"""A recipe is read, checked and refused with the file, the line, the key and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.errors import RecipeError
from tertulia.recipe.load import load_recipe
from tertulia.recipe.shipped import shipped_names

TINY = (Path(__file__).parents[1] / "fixtures" / "tiny.toml").read_text()


def refusal(folder: Path, text: str | bytes) -> RecipeError:
    path = folder / "tiny.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(path) in str(caught.value.where)
    return caught.value


def changed(old: str, new: str) -> str:
    assert old in TINY
    return TINY.replace(old, new)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_recipe_is_read_with_its_defaults(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(changed("tokens = 4096", 'tokens = "1.5M"'))
    loaded = load_recipe(tmp_path / "r.toml")
    assert loaded.recipe.pretrain.tokens == 1_500_000
    assert loaded.recipe.languages == ("es", "eu")
    assert loaded.recipe.corpus.temperature == 0.5
    assert loaded.notices == ()
    assert loaded.text.startswith("# The smallest")


def test_shipped_recipes_open_by_name() -> None:
    assert "quickstart" in shipped_names("recipes")
    for name in shipped_names("recipes"):
        assert load_recipe(name).recipe.name == name
    assert load_recipe("quickstart").recipe.languages == ("es", "ca", "ca-valencia", "eu", "gl")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_bytes(b"\xef\xbb\xbf" + TINY.encode())
    assert load_recipe(tmp_path / "r.toml").recipe.name == "tiny"


@pytest.mark.parametrize(
    ("old", "new", "code", "key", "remedy"),
    [
        ("vocabulary", "vocabulari", "unknown-key", "tokenizer.vocabulari", "`vocabulary`"),
        ("[tokenizer]", "[tokeniser]", "unknown-key", "tokeniser", "`tokenizer`"),
        ("[corpus]", "tokens = 3\n[corpus]", "unknown-key", "tokens", "`pretrain.tokens`"),
        ("context = 32", "context = 32\nzzz = 1", "unknown-key", "model.zzz", "width"),
        ('["es", "eu"]', '"es"', "wrong-type", "languages", "a list in brackets"),
        ("vocabulary = 512", 'vocabulary = "512"', "wrong-type", "tokenizer.vocabulary", "whole"),
        ("vocabulary = 512", "vocabulary = 512.0", "wrong-type", "tokenizer.vocabulary", "whole"),
        ("context = 32", "context = 32\ntied = 1", "wrong-type", "model.tied", "true or false"),
        ("tokens = 4096", "tokens = true", "wrong-type", "pretrain.tokens", "whole number"),
        ('["texts"]', '["texts", 3]', "wrong-type", "corpus.sources[1]", "text in quotes"),
        ('"eu"]', '"ue"]', "wrong-value", "languages[1]", "'eu'"),
        ('"eu"]', '"ca-valenca"]', "wrong-value", "languages[1]", "nearest is 'ca-valencia'"),
        ("vocabulary = 512", "vocabulary = 3", "wrong-value", "tokenizer.vocabulary", "384"),
        ("tokens = 4096", 'tokens = "4 MB"', "wrong-value", "pretrain.tokens", ""),
        ("tokens = 4096", 'tokens = "1.0001k"', "wrong-value", "pretrain.tokens", ""),
        ('["es", "eu"]', '["es", "es"]', "wrong-value", "languages", ""),
        ("[align]", "[align]\nlearning_rate = inf", "wrong-value", "align.learning_rate", "finite"),
        ("tokens = 4096\n", "", "missing-key", "pretrain.tokens", "Add `tokens` to [pretrain]"),
        ('name = "tiny"\n', "", "missing-key", "name", "the top of the file"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_remedy(
    tmp_path: Path, old: str, new: str, code: str, key: str, remedy: str
) -> None:
    text = changed(old, new)
    error = refusal(tmp_path, text)
    assert error.code == f"recipe.{code}"
    assert f"key `{key}`" in str(error.where)
    assert remedy in str(error.remedy)
    if code != "missing-key":
        last = key.rpartition(".")[2].partition("[")[0]
        line = next(
            number
            for number, row in enumerate(text.splitlines(), 1)
            if row.startswith((f"{last} =", f"[{last}]")) and number >= line_of(text, new[:12]) - 1
        )
        assert f"line {line}," in str(error.where)


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = changed("context = 32", "context = 1").replace("bootstrap_samples", "bootstraps")
    error = refusal(tmp_path, text)
    assert error.code == "recipe.unknown-key"
    assert "Also wrong: `model.context` is 1" in str(error)


@pytest.mark.parametrize(
    ("old", "new", "code", "key", "words"),
    [
        ("batch_tokens = 256\n\n[al", "batch_tokens = 250\n\n[al", "batch-does-not-divide",
         "pretrain.batch_tokens", "224 or 256"),
        ("batch_tokens = 256\n\n[ev", "batch_tokens = 7\n\n[ev", "batch-does-not-divide",
         "align.batch_tokens", "values are 32"),
        ("tokens = 4096", "tokens = 100", "too-few-tokens", "pretrain.tokens", "at least 256"),
        ("tokens = 4096", "tokens = 4096\nwarmup_fraction = 0.7", "schedule-too-long",
         "pretrain.decay_fraction", "at most"),
        ("context = 32", "context = 32\nheads = 6\nkv_heads = 4", "heads-do-not-divide",
         "model.kv_heads", "2, 3, 6"),
        ('["texts"]', '["texts", "texts"]', "named-twice", "corpus.sources[1]", "once"),
    ],
)  # fmt: skip
def test_keys_that_contradict_each_other_are_refused(
    tmp_path: Path, old: str, new: str, code: str, key: str, words: str
) -> None:
    error = refusal(tmp_path, changed(old, new))
    assert error.code == f"recipe.{code}"
    assert f"key `{key}`" in str(error.where)
    assert words in str(error.remedy)


def test_a_default_batch_points_at_the_context_that_does_not_fit(tmp_path: Path) -> None:
    text = changed("batch_tokens = 256\n", "").replace("context = 32", "context = 48")
    error = refusal(tmp_path, text.replace("tokens = 4096", "tokens = 65536"))
    assert "key `model.context`" in str(error.where)
    assert "2016 or 2064" in str(error.remedy)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('schema = 1\nname = "a\n', "line 2"),
        ("schema = 1\nlanguages = [1, 2\n\n", "line 2"),
        ("schema = 1\nname = es\n", "line 2"),
        ("schema = 1\nschema = 1\n", "line 2"),
        ("[a\n", "line 1"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str, line: str) -> None:
    error = refusal(tmp_path, text)
    assert error.code == "recipe.syntax"
    assert line in str(error.where)


def test_endless_nesting_is_a_syntax_error(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a = " + "[" * 100_000).code == "recipe.syntax"


def test_a_file_of_another_encoding_is_told(tmp_path: Path) -> None:
    error = refusal(tmp_path, "schema = 1\n# año\n".encode("latin-1"))
    assert error.code == "recipe.not-utf8"
    assert "line 2" in str(error.where)


def test_a_missing_recipe_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="nearest is `quickstart`") as caught:
        load_recipe("quikstart")
    assert caught.value.code == "recipe.no-file"
    (tmp_path / "mine.toml").write_text(TINY)
    with pytest.raises(RecipeError, match=r"mine\.toml"):
        load_recipe(tmp_path / "mime.toml")
    with pytest.raises(RecipeError, match="a folder"):
        load_recipe(tmp_path)


def test_a_value_of_several_kinds_is_named_as_the_file_names_it(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    bounds = "[corpus.quality]\nthresholds = { words = { min = 9, max = 2 } }\n[tokenizer]"
    path.write_text(TINY.replace("[tokenizer]", bounds))
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert caught.value.where is not None
    assert caught.value.where.endswith("key `corpus.quality.thresholds.words`")
