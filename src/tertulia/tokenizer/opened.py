"""Any tokenizer, opened to be measured: tokenizer.json, .tiktoken or a SentencePiece model."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from tertulia.errors import DataError, MissingExtraError
from tertulia.tokenizer.byte_level import SPLIT


@dataclass(frozen=True, kw_only=True)
class OpenedTokenizer:
    """What measuring needs, the same for every kind."""

    kind: str
    """`tokenizer.json`, `tiktoken` or `sentencepiece`."""
    vocabulary: int
    """Number of ids."""
    encode_batch: Callable[[Sequence[str]], list[list[int]]]
    """Ids of texts, without special tokens."""
    decode: Callable[[Sequence[int]], str]
    ends: Callable[[str], list[int]]
    """Where the tokens of a text end, in characters."""


def open_tokenizer(path: Path, pattern: str | None = None) -> OpenedTokenizer:
    """Opens a file, or the tokenizer.json of a folder, by its name.

    `pattern` splits text before merges where a .tiktoken file is opened, which does not hold it;
    without one, `byte_level.SPLIT` does. Raises DataError `tokenizer.unreadable`, and
    MissingExtraError `tokenizer.missing-extra` where tiktoken or sentencepiece is not installed.
    """
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise _unreadable(file, "there is no such file")
    try:
        if file.name.endswith(".tiktoken"):
            return from_ranks(_ranks(file.read_bytes()), pattern or SPLIT)
        if ".model" in file.suffixes:
            return _sentencepiece(file)
        return _hugging_face(file)
    except (DataError, MissingExtraError):
        raise
    except Exception as error:  # The libraries raise bare Exception, RuntimeError, OSError.
        raise _unreadable(file, str(error)) from error


def from_ranks(ranks: Mapping[bytes, int], pattern: str) -> OpenedTokenizer:
    """A tokenizer from tokens with their ranks, as tiktoken has them."""
    tiktoken: Any = _package("tiktoken")
    encoding = tiktoken.Encoding(
        "measured", pat_str=pattern, mergeable_ranks=dict(ranks), special_tokens={}
    )

    def ends(text: str) -> list[int]:
        ids = encoding.encode_ordinary(text)
        starts = encoding.decode_with_offsets(ids)[1]
        return [*starts[1:], len(text)] if ids else []

    return OpenedTokenizer(
        kind="tiktoken",
        vocabulary=max(ranks.values()) + 1,
        encode_batch=lambda texts: [encoding.encode_ordinary(text) for text in texts],
        decode=lambda ids: str(encoding.decode(list(ids))),
        ends=ends,
    )


def from_backend(backend: Any) -> OpenedTokenizer:
    """A tokenizer of the library tokenizers."""
    backend.no_truncation()
    backend.no_padding()
    # A text that spells a special token is text: no figure hangs on it elsewhere either.
    backend.encode_special_tokens = True

    def encode(texts: Sequence[str]) -> list[list[int]]:
        encodings = backend.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    return OpenedTokenizer(
        kind="tokenizer.json",
        vocabulary=backend.get_vocab_size(with_added_tokens=True),
        encode_batch=encode,
        decode=lambda ids: str(backend.decode(list(ids), skip_special_tokens=False)),
        ends=lambda text: [
            end for _, end in backend.encode(text, add_special_tokens=False).offsets
        ],
    )


def _hugging_face(file: Path) -> OpenedTokenizer:
    import tokenizers

    return from_backend(tokenizers.Tokenizer.from_file(str(file)))


def _sentencepiece(file: Path) -> OpenedTokenizer:
    sentencepiece: Any = _package("sentencepiece")
    model = sentencepiece.SentencePieceProcessor(model_file=str(file))

    def content(i: int) -> bytes:
        piece = str(model.id_to_piece(i))
        # A byte is called <0xC3>; a blank is written as U+2581.
        return (
            bytes([int(piece[3:5], 16)])
            if model.is_byte(i)
            else piece.replace("\u2581", " ").encode()
        )

    def ends(text: str) -> list[int]:
        until = list(accumulate(content(i) for i in model.encode(text)))
        lengths = [len(some.decode(errors="ignore")) for some in until]
        # Most models put a blank before a text that has none.
        added = lengths[-1] - len(text) if lengths else 0
        return [max(0, length - added) for length in lengths]

    return OpenedTokenizer(
        kind="sentencepiece",
        vocabulary=int(model.vocab_size()),
        encode_batch=lambda texts: model.encode(list(texts)),
        decode=lambda ids: str(model.decode(list(ids))),
        ends=ends,
    )


def _ranks(content: bytes) -> dict[bytes, int]:
    """Lines of a token in base64, a blank and its rank."""
    pairs = (line.split() for line in content.splitlines() if line)
    try:
        return {base64.b64decode(token, validate=True): int(rank) for token, rank in pairs}
    except (ValueError, binascii.Error) as error:
        raise ValueError("a line is not a token in base64 and its rank") from error


def _package(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            "tokenizer.missing-extra",
            f"tokenizers of this kind are opened with the package {name}, which is not installed",
            remedy=f"Install it with `pip install {name}`",
        ) from error


def _unreadable(file: Path, why: str) -> DataError:
    return DataError(
        "tokenizer.unreadable",
        f"a tokenizer cannot be read ({why})",
        where=str(file),
        remedy="Give a tokenizer.json, a .tiktoken file or a SentencePiece .model file",
    )
