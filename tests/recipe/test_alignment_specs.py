"""What `[align]` and `[pretrain.lora]` may say, and which sources they stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.errors import RecipeError
from tertulia.recipe.load import LoadedRecipe, load_recipe
from tertulia.recipe.sources import input_name, resolve_sources, sources_of

_ALIGN = '[align]\ninstructions = ["conversations"]\nbatch_tokens = 256\n'
TINY = (Path(__file__).parents[1] / "fixtures" / "tiny.toml").read_text().replace(_ALIGN, "")
PREFERENCE = '[align.preference]\nsources = ["pairs.jsonl"]\n'


def read(folder: Path, more: str, *, text: str = TINY) -> LoadedRecipe:
    (folder / "r.toml").write_text(text + more)
    return load_recipe(folder / "r.toml")


def refusal(folder: Path, more: str, *, text: str = TINY) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        read(folder, more, text=text)
    return caught.value


def test_defaults_are_instruction_tuning_in_full(tmp_path: Path) -> None:
    align = read(tmp_path, "").recipe.align
    assert (align.method, align.preference, align.lora) == ("sft", None, None)


def test_preferences_and_adapters_have_defaults(tmp_path: Path) -> None:
    align = read(tmp_path, PREFERENCE + "[align.lora]\n").recipe.align
    assert align.preference is not None and align.lora is not None
    assert (align.preference.method, align.preference.beta) == ("dpo", 0.1)
    assert len(align.lora.targets) == 7 and align.lora.dropout == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ('[align]\nmethod = "ppo"\n', "recipe.wrong-value"),
        ("[align.preference]\n", "recipe.missing-key"),
        ("[align.preference]\nsources = []\n", "recipe.wrong-value"),
        (PREFERENCE + "beta = 0\n", "recipe.wrong-value"),
        (PREFERENCE + "batch_tokens = 100\n", "recipe.batch-does-not-divide"),
        ('[align.preference]\nsources = ["a", "a"]\n', "recipe.named-twice"),
        ("[align.lora]\ndropout = 0.1\n", "recipe.wrong-value"),
        ('[align.lora]\ntargets = ["q_proj", "q_proj"]\n', "recipe.wrong-value"),
        ('[align.lora]\ntargets = ["lm_head"]\n', "recipe.wrong-value"),
        ("[pretrain.lora]\n", "recipe.lora-useless"),
        ('[align]\nmethod = "none"\n[align.lora]\n', "recipe.lora-useless"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, more: str, code: str) -> None:
    error = refusal(tmp_path, more)
    assert error.code == code
    assert "line" in str(error.where) and error.remedy


def test_adapters_keep_the_base_model_s_tokenizer(tmp_path: Path) -> None:
    based = TINY.replace("[model]", '[model]\nbase = "smollm2-135m"').replace('size = "1m"\n', "")
    assert refusal(tmp_path, "[pretrain.lora]\n", text=based).code == "recipe.lora-useless"
    kept = "\n".join(line for line in based.splitlines() if not line.startswith("vocabulary"))
    assert read(tmp_path, "\n[pretrain.lora]\n", text=kept).recipe.pretrain.lora is not None


def test_preference_files_are_told_from_instructions(tmp_path: Path) -> None:
    for name in ("talk.jsonl", "pairs.jsonl"):
        (tmp_path / name).write_text("{}\n")
    loaded = read(tmp_path, '[align]\ninstructions = ["talk.jsonl"]\n' + PREFERENCE)
    inputs = {
        input_name(kind, source.name): source
        for kind in ("instructions", "preferences")
        for source in resolve_sources(loaded, kind)
    }
    assert [source.name for source in sources_of(inputs, "instructions")] == ["talk.jsonl"]
    assert [source.name for source in sources_of(inputs, "preferences")] == ["pairs.jsonl"]


def test_without_a_method_no_instructions_are_looked_for(tmp_path: Path) -> None:
    loaded = read(tmp_path, '[align]\nmethod = "none"\ninstructions = ["nowhere"]\n')
    assert resolve_sources(loaded, "instructions") == ()


def test_a_preference_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"pairs\.jsonl") as caught:
        resolve_sources(read(tmp_path, PREFERENCE), "preferences")
    assert "align.preference.sources[0]" in str(caught.value.where)
