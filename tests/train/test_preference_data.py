"""Pairs are read in TRL's forms; only the answer counts; what is left out is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import DataError
from tertulia.recipe.sources import ResolvedSource
from tertulia.tokenizer.special import IM_END
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.train.preference_data import PreferencePairs, read_preferences
from tests.release.tiny_model import build_tokenizer

GREETING = {"prompt": "Bon dia", "chosen": "Bon dia tingues", "rejected": "Adéu"}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return build_tokenizer()


def message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def read(folder: Path, tokenizer: Tokenizer, *rows: Any, context: int = 256) -> PreferencePairs:
    path = folder / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return read_preferences([ResolvedSource(name="own", path=path)], tokenizer, context)


def answer(tokenizer: Tokenizer, pairs: PreferencePairs) -> list[str]:
    """What counts of the first pair's two answers, as text."""
    return [
        tokenizer.decode(side.ids[side.answered != 0].tolist())
        for side in (pairs.kept[0].chosen, pairs.kept[0].rejected)
    ]


@pytest.mark.parametrize(
    "row",
    [
        GREETING,
        {
            "prompt": [message("user", "Bon dia")],
            "chosen": [message("assistant", "Bon dia tingues")],
            "rejected": [message("assistant", "Adéu")],
        },
        {
            "chosen": [message("user", "Bon dia"), message("assistant", "Bon dia tingues")],
            "rejected": [message("user", "Bon dia"), message("assistant", "Adéu")],
        },
    ],
    ids=["texts", "messages", "prompt-inside"],
)
def test_three_ways_to_write_a_pair_are_one(
    tmp_path: Path, tokenizer: Tokenizer, row: dict[str, Any]
) -> None:
    found = read(tmp_path, tokenizer, row)
    assert answer(tokenizer, found) == ["Bon dia tingues", "Adéu"]
    pair, expected = found.kept[0], read(tmp_path, tokenizer, GREETING).kept[0]
    assert pair.chosen.ids.tolist() == expected.chosen.ids.tolist()
    assert pair.rejected.ids.tolist() == expected.rejected.ids.tolist()


def test_an_answer_ends_with_the_end_of_its_message(tmp_path: Path, tokenizer: Tokenizer) -> None:
    pair = read(tmp_path, tokenizer, GREETING).kept[0]
    assert pair.chosen.ids[-1] == pair.rejected.ids[-1] == IM_END
    assert pair.chosen.answered[-1] == 1


def test_what_the_assistant_said_before_is_prompt(tmp_path: Path, tokenizer: Tokenizer) -> None:
    prompt = [message("user", "Ola"), message("assistant", "Ola!"), message("user", "Que tal?")]
    found = read(tmp_path, tokenizer, {"prompt": prompt, "chosen": "Ben", "rejected": "Mal"})
    assert answer(tokenizer, found) == ["Ben", "Mal"]


def test_what_is_left_out_is_counted(tmp_path: Path, tokenizer: Tokenizer) -> None:
    found = read(
        tmp_path,
        tokenizer,
        GREETING,
        GREETING | {"rejected": GREETING["chosen"]},
        GREETING | {"chosen": "molt llarg " * 60},
        GREETING | {"chosen": [message("user", "no és cap resposta")]},
        context=128,
    )
    assert len(found.kept) == 1
    assert found.drops == {
        "preference-between-equals": 1,
        "preference-longer-than-context": 1,
        "preference-without-answer": 1,
    }


def test_a_pair_that_fills_the_context_is_kept(tmp_path: Path, tokenizer: Tokenizer) -> None:
    need = read(tmp_path, tokenizer, GREETING).kept[0].need
    assert len(read(tmp_path, tokenizer, GREETING, context=need).kept) == 1
    with pytest.raises(DataError, match="no usable pair"):
        read(tmp_path, tokenizer, GREETING, context=need - 1)


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "a", "chosen": "b"},
        {"prompt": 3, "chosen": "b", "rejected": "c"},
        {"chosen": "b", "rejected": "c"},
        {"prompt": "a", "chosen": ["b"], "rejected": "c"},
    ],
)
def test_a_row_of_another_kind_is_named(
    tmp_path: Path, tokenizer: Tokenizer, row: dict[str, Any]
) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, tokenizer, GREETING, row)
    assert caught.value.code == "train.not-a-preference"
    assert "line 2" in (caught.value.where or "")


def test_origins_say_where_pairs_come_from(tmp_path: Path, tokenizer: Tokenizer) -> None:
    found = read(tmp_path, tokenizer, GREETING, GREETING | {"licence": "CC0-1.0", "source": "ours"})
    assert found.origins == {("own", "LicenseRef-unknown"): 1, ("ours", "CC0-1.0"): 1}
