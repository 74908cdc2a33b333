"""Figures of any tokenizer on any text."""

from __future__ import annotations

import base64
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import DataError, MissingExtraError
from tertulia.tokenizer import metrics
from tertulia.tokenizer.metrics import bsc_words, measure, parity, renyi_efficiency
from tertulia.tokenizer.morphemes import boundary_agreement, ending_begins
from tertulia.tokenizer.opened import OpenedTokenizer, from_ranks, open_tokenizer
from tertulia.tokenizer.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def ranks() -> dict[bytes, int]:
    """All bytes, and a few merges of them."""
    tokens = [bytes([b]) for b in range(256)] + [b"ca", b"sa", b" casa", b" ca", b"casa"]
    return {token: rank for rank, token in enumerate(tokens)}


@pytest.fixture(scope="module")
def sentencepiece_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sentencepiece

    prefix = tmp_path_factory.mktemp("spm") / "small"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["la casa blanca i la casa gran"] * 20),
        model_prefix=str(prefix), vocab_size=30, model_type="bpe", minloglevel=2,
    )  # fmt: skip
    return prefix.with_suffix(".model")


def test_each_figure_is_what_its_name_says(ranks: dict[bytes, int]) -> None:
    opened = from_ranks(ranks, r" ?\p{L}+|\s|\p{N}|.")
    figures = measure(opened, ["casa casa 12", "ca"])
    # casa| casa| |1|2 and ca
    assert (figures["texts"], figures["words"], figures["tokens"]) == (2, 4, 6)
    assert figures["tokens_per_word"] == 1.5
    assert figures["bytes_per_token"] == round(14 / 6, 4)
    # casa| casa| |1|2 and ca: the Barcelona pattern sees the same here.
    assert (figures["bsc_words"], figures["tokens_per_bsc_word"]) == (6, 1.0)
    assert figures["vocabulary_used"] == round(6 / 261, 4)
    assert figures["round_trip"] == 1.0


def test_a_word_of_barcelona_is_letters_signs_blanks_or_a_digit() -> None:
    # L|'|avi| té| |1|2| anys|.|\n|  (two blanks)
    assert bsc_words(["L'avi té 12 anys.\n  "]) == 11


def test_texts_in_batches_add_up(monkeypatch: pytest.MonkeyPatch, ranks: dict[bytes, int]) -> None:
    opened = from_ranks(ranks, r" ?\p{L}+|\s|.")
    texts = ["una casa", "ca sa", "x"] * 5
    whole = measure(opened, texts)
    monkeypatch.setattr(metrics, "_TEXTS_AT_A_TIME", 2)
    assert measure(opened, iter(texts)) == whole


def test_nothing_has_no_ratios(ranks: dict[bytes, int]) -> None:
    figures = measure(from_ranks(ranks, "."), [])
    assert figures["tokens"] == 0
    assert figures["tokens_per_word"] is figures["renyi_efficiency"] is None


def test_renyi_efficiency_is_one_where_all_ids_are_as_frequent() -> None:
    assert renyi_efficiency([5] * 8, 8) == 1.0
    assert renyi_efficiency([5] * 8, 64) == 0.5
    skewed = renyi_efficiency([100] + [1] * 7, 8)
    assert skewed is not None and skewed < 0.2


def test_parity_is_the_most_tokens_over_the_fewest() -> None:
    figures = {"es": {"texts": 2, "tokens": 110}, "eu": {"texts": 2, "tokens": 100}}
    assert parity(figures) == {"parity": 1.1, "tokens_over_fewest": {"es": 1.1, "eu": 1.0}}


def test_files_of_different_lengths_are_not_parallel() -> None:
    with pytest.raises(DataError) as caught:
        parity({"es": {"texts": 2, "tokens": 1}, "eu": {"texts": 3, "tokens": 1}})
    assert caught.value.code == "tokenizer.not-parallel"


@pytest.mark.parametrize(
    ("form", "lemma", "letters"),
    [
        ("etxean", "etxe", 4),
        ("cantaba", "cantar", 5),
        ("casa", "casa", None),
        ("va", "anar", None),
        ("Etxeko", "etxe", 4),
        ("12an", "12", None),
        ("l'avi", "avi", None),
    ],
)
def test_an_ending_begins_where_form_and_lemma_part(
    form: str, lemma: str, letters: int | None
) -> None:
    assert ending_begins(form, lemma) == letters


def test_agreement_is_the_share_of_divided_words_cut_at_the_ending(
    ranks: dict[bytes, int],
) -> None:
    opened = from_ranks(ranks, r" ?\p{L}+|.")
    # " ca|sa" would be whole: " casa". " casa|s" is cut where s begins; " ca|n" in another place.
    forms = [("casas", "casa"), ("casas", "casa"), ("can", "cat"), ("casa", "cas")]
    found = boundary_agreement(opened, forms)
    assert (found["words"], found["divided"]) == (3, round(2 / 3, 4))
    assert found["agreement"] == 1.0
    assert found["by_chance"] == round((1 / 4 + 1 / 2) / 2, 4)


def test_words_kept_whole_have_no_agreement(ranks: dict[bytes, int]) -> None:
    found = boundary_agreement(from_ranks(ranks, r" ?\p{L}+|."), [("casa", "cas")])
    assert found == {"words": 1, "divided": 0.0, "agreement": None, "by_chance": None}


def _kinds(saved: Path, model: Path, ranks: dict[bytes, int], folder: Path) -> Iterator[Path]:
    lines = (base64.b64encode(t) + b" " + str(r).encode() for t, r in ranks.items())
    (folder / "small.tiktoken").write_bytes(b"\n".join(lines))
    yield from (saved, saved / "tokenizer.json", folder / "small.tiktoken", model)


def test_every_kind_is_opened_and_ends_where_the_text_ends(
    saved: Path, sentencepiece_model: Path, ranks: dict[bytes, int], tmp_path: Path
) -> None:
    opened = [open_tokenizer(p) for p in _kinds(saved, sentencepiece_model, ranks, tmp_path)]
    assert [o.kind for o in opened] == [
        "tokenizer.json", "tokenizer.json", "tiktoken", "sentencepiece",
    ]  # fmt: skip
    for one in opened:
        (ids,) = one.encode_batch(["la casa"])
        assert one.decode(ids) == "la casa"
        ends = one.ends("la casa")
        assert ends[-1] == len("la casa")
        assert len(ends) == len(ids)
        assert max(ids) < one.vocabulary


def test_measuring_ours_is_what_ours_encodes(saved: Path, tokenizer: Tokenizer) -> None:
    text = "La col·lecció <|im_start|> de l'avi 12"
    assert open_tokenizer(saved).encode_batch([text]) == [tokenizer.encode(text)]
    assert measure(open_tokenizer(saved), [text])["round_trip"] == 1.0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.json", None),
        ("bad.json", b"{"),
        ("bad.tiktoken", b"not base64"),
        ("bad.model", b"nothing"),
    ],
)
def test_what_is_no_tokenizer_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        open_tokenizer(tmp_path / name)
    assert caught.value.code == "tokenizer.unreadable"


def test_a_kind_whose_package_is_not_installed_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str, *_: Any) -> Any:
        raise ImportError(name)

    (tmp_path / "x.model").write_bytes(b"")
    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MissingExtraError) as caught:
        open_tokenizer(tmp_path / "x.model")
    assert caught.value.code == "tokenizer.missing-extra"
    assert "sentencepiece" in str(caught.value)


def test_an_opened_tokenizer_is_a_value(ranks: dict[bytes, int]) -> None:
    assert isinstance(from_ranks(ranks, "."), OpenedTokenizer)
