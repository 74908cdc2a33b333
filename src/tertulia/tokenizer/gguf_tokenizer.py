"""A tokenizer out of the metadata of a GGUF file: byte-level BPE, rebuilt from its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tertulia.errors import ModelError
from tertulia.tokenizer.pre_tokenisers import PATTERNS, pre_tokeniser

if TYPE_CHECKING:
    import tokenizers

    from tertulia.store.gguf_file import GgufFile

# Kinds of tokens, as the GGUF specification numbers them.
_CONTROL, _USER_DEFINED = 3, 4
_WHOLE_FIRST = ("llama-bpe", "llama3", "llama-v3")
_ROLES = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}


def gguf_backend(file: GgufFile) -> tokenizers.Tokenizer:
    """The tokenizer of a GGUF file.

    Raises ModelError `tokenizer.gguf-kind` for another model than byte-level BPE or an unknown way
    of splitting, `tokenizer.damaged` for lists that do not fit together.
    """
    import tokenizers
    from tokenizers import decoders, models

    tokens, kinds, merges = _lists(file)
    pre_name = str(file.metadata.get("tokenizer.ggml.pre", "default"))
    pre = pre_tokeniser(pre_name)
    if file.metadata.get("tokenizer.ggml.model") != "gpt2" or pre is None:
        raise ModelError(
            "tokenizer.gguf-kind",
            f"the tokenizer is of the kind {file.metadata.get('tokenizer.ggml.model')!r}, split as "
            f"{pre_name!r}",
            where=str(file.path),
            remedy="Byte-level BPE is read from GGUF, split as one of "
            + ", ".join(PATTERNS)
            + "; a folder with tokenizer.json is read whatever its kind",
        )
    vocabulary = {token: i for i, token in enumerate(tokens)}
    # Llama 3 takes a piece that is a token whole, whatever its merges say.
    whole = pre_name in _WHOLE_FIRST
    try:
        backend = tokenizers.Tokenizer(
            models.BPE(vocab=vocabulary, merges=merges, ignore_merges=whole)
        )
    except Exception as error:  # The library raises bare Exception.
        raise _damaged(file, str(error)) from error
    backend.pre_tokenizer = pre
    backend.decoder = decoders.ByteLevel()
    added = [
        tokenizers.AddedToken(token, special=kind == _CONTROL, normalized=False)
        for token, kind in zip(tokens, kinds, strict=True)
        if kind in (_CONTROL, _USER_DEFINED)
    ]
    backend.add_tokens(added)
    _begin_with_bos(backend, file, tokens)
    return backend


def gguf_token_names(file: GgufFile) -> dict[str, str]:
    """`bos_token` and its kin -> the token's name, of those that the file states."""
    tokens = file.metadata.get("tokenizer.ggml.tokens", [])
    named: dict[str, str] = {}
    for role, called in _ROLES.items():
        index = file.metadata.get(f"tokenizer.ggml.{called}_token_id")
        if isinstance(index, int) and 0 <= index < len(tokens):
            named[f"{role}_token"] = tokens[index]
    return named


def gguf_chat_template(file: GgufFile) -> str | None:
    """The chat template that the file carries, if it does."""
    template = file.metadata.get("tokenizer.chat_template")
    return template if isinstance(template, str) else None


def _lists(file: GgufFile) -> tuple[list[str], list[int], list[tuple[str, str]]]:
    tokens: Any = file.metadata.get("tokenizer.ggml.tokens")
    kinds: Any = file.metadata.get("tokenizer.ggml.token_type")
    merges: Any = file.metadata.get("tokenizer.ggml.merges", [])
    if not isinstance(tokens, list) or not isinstance(kinds, list) or len(tokens) != len(kinds):
        raise _damaged(file, "its lists of tokens and of their kinds do not fit together")
    if len(set(tokens)) != len(tokens):
        raise _damaged(file, "a token stands twice in its list")
    pairs = [tuple(str(merge).split(" ")) for merge in merges]
    if any(len(pair) != 2 for pair in pairs):
        raise _damaged(file, "a merge is not of two tokens")
    return tokens, kinds, [(pair[0], pair[1]) for pair in pairs]


def _begin_with_bos(backend: tokenizers.Tokenizer, file: GgufFile, tokens: list[str]) -> None:
    """Has BOS put before a text, where the file asks for it."""
    from tokenizers.processors import TemplateProcessing

    bos = gguf_token_names(file).get("bos_token")
    if bos is None or not file.metadata.get("tokenizer.ggml.add_bos_token", False):
        return
    backend.post_processor = TemplateProcessing(
        single=f"{bos} $A",
        pair=f"{bos} $A {bos} $B",
        special_tokens=[(bos, tokens.index(bos))],
    )


def _damaged(file: GgufFile, why: str) -> ModelError:
    return ModelError(
        "tokenizer.damaged",
        f"a tokenizer cannot be read ({why})",
        where=str(file.path),
        remedy="Copy the file again from where it was released",
    )
