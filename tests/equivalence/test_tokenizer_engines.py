"""One text, one list of ids: tokenizer.json, openvino-genai and llama.cpp agree.

10,000 pieces of the starter corpus per language, and texts made to be awkward. The engines get
the lists that a GGUF of ours holds, in a file with the smallest model that they open.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tertulia.corpus.readers import read_source
from tertulia.languages import base_language
from tertulia.recipe.shipped import shipped_folder
from tertulia.recipe.sources import ResolvedSource
from tertulia.release.gguf_tokenizer import GgufTokenizer, read_gguf_tokenizer
from tertulia.tokenizer.chat import plain_chat_template
from tertulia.tokenizer.special import BOS, IM_END, PAD
from tertulia.tokenizer.tokenizer import Tokenizer, load_tokenizer
from tertulia.tokenizer.train import train_bpe
from tests.fixtures.llama_cpp import LlamaCpp

LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl")
PIECES = 10_000
LONGEST = 3000
"""Characters of a piece: openvino keeps only the last 8192 tokens of a text."""
WIDTH = 64
VOCABULARY = 8192

AWKWARD = (
    "paral·lel col·legi COL·LECCIÓ paral.lel l·l ·l l·",
    "l'home l’home d'ELL m'ESTIMA dona'm compra'ls 'll 'LL 'S's 't've",
    "'ſ IſS 'K ı İ ß ﬀ",
    "12345 1.234,56 ½ ² Ⅳ ٣ 0x1F 3r 2n 5è",
    "👩‍👩‍👧‍👦 🇪🇸 ❤️ 😀😀 🏴\U000e0067\U000e0062\U000e007f",
    "a\n\nb\n \n  c\r\n\r\nd\te\t\tf   ",
    "   ", "\n", "\n\n\n", " \n", "\r", "\r\r\n", " \r\n x", "a  \n", "\t\tx\n\t\ty", "  x", "x  ",
    "e\u0301 n\u0303 \u0301x o\u0308\u0304 g\u0303 h\u0331",
    "x\u00a0y\u2003z\u200bw\u202fq\u3000r\u0085s\u2028t\u2029u\x0bv\x0cw",
    "\x00a\x01b\x7f", "\ufeffBOM", "\ufffd\ufffe",
    "שלום مرحبا 你好 日本語 हिन्दी ไทย 한국어 Ελλάδα Москва",
    "!!!???...\n\n--- ===\n***\n«¿Qué?» —dijo—… “así” ‘no’ ‹x›",
    "a_b __init__ #tag @nom https://exemple.cat/a?b=c&d=%20 n'hi ha-n'hi",
    "1\n2\n3", "，。！？「」", "’s ’t", "ñÑçÇàèéíïòóúü·ÀÈ",
)  # fmt: skip
LOOK_ALIKES = ("<|im_start|>user\nhola<|im_end|>", "<|pad|><|reserved_12|>", "a<|bos|>b")

Encode = Callable[[str], list[int]]


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    """Training documents of the starter corpus, by language."""
    source = ResolvedSource(name="starter", path=shipped_folder("starter", "train"))
    texts: dict[str, list[str]] = {tag: [] for tag in LANGUAGES}
    for frame in read_source(source):
        for tag, text in frame.select("language", "text").iter_rows():
            texts[base_language(tag)].append(text)
    return texts


@pytest.fixture(scope="module")
def pieces(texts: dict[str, list[str]]) -> dict[str, list[str]]:
    return {tag: _pieces(documents) for tag, documents in texts.items()}


def _pieces(documents: list[str]) -> list[str]:
    """Up to 1,000 excerpts of several lines, for the rest single lines from all over."""
    excerpts = [text[:LONGEST] for text in documents if "\n" in text][: PIECES // 10]
    lines = [line[:LONGEST] for text in documents for line in text.split("\n") if line.strip()]
    wanted = PIECES - len(excerpts)
    return excerpts + lines[:: max(1, len(lines) // wanted)][:wanted]


@pytest.fixture(scope="module")
def gguf_file(texts: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engines")
    sample = [text for documents in texts.values() for text in documents[::4]]
    Tokenizer(train_bpe(sample, VOCABULARY)).save(folder)
    _write_gguf(folder / "model.gguf", read_gguf_tokenizer(folder, vocabulary=VOCABULARY))
    return folder / "model.gguf"


@pytest.fixture(scope="module")
def ours(gguf_file: Path) -> Tokenizer:
    return load_tokenizer(gguf_file.parent)


def _write_gguf(path: Path, lists: GgufTokenizer) -> None:
    """A Llama of one layer with random weights."""
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(256)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_rope_dimension_count(WIDTH)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(VOCABULARY)
    writer.add_file_type(0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(lists.pre)
    writer.add_token_list(list(lists.tokens))
    writer.add_token_types(list(lists.kinds))
    writer.add_token_merges(list(lists.merges))
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(IM_END)
    writer.add_pad_token_id(PAD)
    random = np.random.default_rng(0)
    for name, rows in (("token_embd", VOCABULARY), ("output", VOCABULARY)):
        writer.add_tensor(f"{name}.weight", random.standard_normal((rows, WIDTH), np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        matrix = random.standard_normal((WIDTH, WIDTH), np.float32)
        writer.add_tensor(f"blk.0.{name}.weight", matrix)
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def openvino(gguf_file: Path) -> Any:
    import openvino_genai

    return openvino_genai.Tokenizer(str(gguf_file))


def _openvino_encode(engine: Any, text: str) -> list[int]:
    ids: list[int] = engine.encode(text, add_special_tokens=False).input_ids.data[0].tolist()
    return ids


@pytest.fixture(scope="module")
def llama_cpp(gguf_file: Path) -> Encode:
    return LlamaCpp(gguf_file).encode


def _differing(texts: list[str], ours: Tokenizer, theirs: Encode) -> list[str]:
    encoded = ours.encode_batch(texts)
    return [text for text, ids in zip(texts, encoded, strict=True) if theirs(text) != ids]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_there_are_ten_thousand_pieces(tag: str, pieces: dict[str, list[str]]) -> None:
    assert len(pieces[tag]) == PIECES


@pytest.mark.parametrize("tag", LANGUAGES)
def test_transformers_agrees(
    tag: str, pieces: dict[str, list[str]], ours: Tokenizer, gguf_file: Path
) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(gguf_file.parent)
    ids = theirs(pieces[tag], add_special_tokens=False)["input_ids"]
    assert ids == ours.encode_batch(pieces[tag])


@pytest.mark.parametrize("tag", LANGUAGES)
def test_openvino_agrees(
    tag: str, pieces: dict[str, list[str]], ours: Tokenizer, openvino: Any
) -> None:
    assert _differing(pieces[tag], ours, lambda text: _openvino_encode(openvino, text)) == []


def test_openvino_agrees_on_awkward_text(ours: Tokenizer, openvino: Any) -> None:
    different = _differing(list(AWKWARD), ours, lambda text: _openvino_encode(openvino, text))
    assert different == []


def test_openvino_always_reads_reserved_names_which_is_why_engines_are_given_ids(
    ours: Tokenizer, openvino: Any
) -> None:
    assert _openvino_encode(openvino, "<|im_end|>") == [IM_END]
    assert len(ours.encode("<|im_end|>")) > 1


def test_openvino_renders_the_plain_template_to_our_ids(ours: Tokenizer, openvino: Any) -> None:
    talk = [
        {"role": "system", "content": "Sé breu."},
        {"role": "user", "content": "  Qui ets?\n"},
        {"role": "assistant", "content": "Una tertúlia"},
        {"role": "user", "content": "Bé"},
    ]
    rendered = openvino.apply_chat_template(talk, True, chat_template=plain_chat_template())
    ids, _ = ours.encode_chat(talk, generation_prompt=True)
    assert _openvino_encode(openvino, rendered) == ids


@pytest.mark.parametrize("tag", LANGUAGES)
def test_llama_cpp_agrees(
    tag: str, pieces: dict[str, list[str]], ours: Tokenizer, llama_cpp: Encode
) -> None:
    assert _differing(pieces[tag], ours, llama_cpp) == []


def test_llama_cpp_agrees_on_awkward_text_and_on_reserved_names(
    ours: Tokenizer, llama_cpp: Encode
) -> None:
    assert _differing([*AWKWARD, *LOOK_ALIKES], ours, llama_cpp) == []
