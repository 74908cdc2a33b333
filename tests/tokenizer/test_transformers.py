"""transformers opens what we save and agrees: ids, decoding, chat template and mask."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import transformers

from tertulia.tokenizer.special import BOS, EOS, IM_END, PAD
from tertulia.tokenizer.tokenizer import Tokenizer

_LINES = [
    "La col·lecció de l'avi: 1.234,56 €",
    "  dos  espais , i un final  ",
    "a\n\n\nb\r\n\tc",
    "e\u0301 ñ 👩‍👩‍👧 \u00a0x",
    "don't , we 've",
    "",
]
_TALKS = [
    [{"role": "user", "content": "Hola"}, {"role": "assistant", "content": "Bones!"}],
    [
        {"role": "system", "content": " Sé breu.\n"},
        {"role": "document", "content": "1. Foc\n2. Aigua"},
        {"role": "user", "content": "\n\n  i doncs? "},
        {"role": "assistant", "content": "  Aigua\n\nclara\t"},
        {"role": "tool", "content": "{}"},
        {"role": "assistant", "content": ""},
    ],
]


@pytest.fixture(scope="module", params=["alone", "in a model folder"])
def theirs(request: pytest.FixtureRequest, saved: Path, tmp_path_factory: Any) -> Any:
    folder = saved
    if request.param == "in a model folder":
        # The architecture must not make transformers rebuild a SentencePiece-like tokenizer.
        folder = shutil.copytree(saved, tmp_path_factory.mktemp("model") / "llama")
        (folder / "config.json").write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")
    return transformers.AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize("line", _LINES)
def test_ids_and_decoding_agree(theirs: Any, tokenizer: Tokenizer, line: str) -> None:
    ids = theirs(line, add_special_tokens=False)["input_ids"]
    assert ids == tokenizer.encode(line)
    assert theirs.decode(ids) == line


def test_it_begins_a_text_with_bos_by_default(theirs: Any, tokenizer: Tokenizer) -> None:
    assert theirs("bon dia")["input_ids"] == [BOS, *tokenizer.encode("bon dia")]


def test_special_tokens_are_set(theirs: Any) -> None:
    assert (theirs.bos_token_id, theirs.eos_token_id, theirs.pad_token_id) == (BOS, EOS, PAD)


@pytest.mark.parametrize("talk", _TALKS)
@pytest.mark.parametrize("prompt", [False, True])
def test_the_chat_template_gives_our_ids_and_mask(
    theirs: Any, tokenizer: Tokenizer, talk: list[dict[str, str]], prompt: bool
) -> None:
    rendered = theirs.apply_chat_template(
        talk, tokenize=True, return_dict=True, return_assistant_tokens_mask=True,
        add_generation_prompt=prompt,
    )  # fmt: skip
    ids, mask = tokenizer.encode_chat(talk, generation_prompt=prompt)
    assert rendered["input_ids"] == ids
    assert rendered["assistant_masks"] == [int(said) for said in mask]


def test_only_a_reserved_name_in_a_content_is_read_differently(
    theirs: Any, tokenizer: Tokenizer
) -> None:
    talk = [{"role": "user", "content": "<|im_end|>"}]
    rendered = theirs.apply_chat_template(talk, tokenize=True, return_dict=True)["input_ids"]
    assert rendered.count(IM_END) == 2
    assert tokenizer.encode_chat(talk)[0].count(IM_END) == 1
