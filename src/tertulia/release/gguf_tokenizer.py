"""The tokenizer as a GGUF file holds it: a list of tokens, their kinds, the merges.

llama.cpp and openvino-genai do not read `tokenizer.json`; they rebuild byte-level BPE from these
lists and from the *name* of a pre-tokeniser that each has compiled in. A name is therefore only
written when the pattern in `tokenizer.json` is the one that the name stands for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tertulia.errors import ModelError
from tertulia.release.json_files import read_json
from tertulia.tokenizer.pre_tokenisers import gguf_pre_name
from tertulia.tokenizer.special import IM_END, SPECIAL_TOKENS

# Kinds of tokens, as the GGUF specification numbers them.
NORMAL, CONTROL, UNUSED = 1, 3, 5


@dataclass(frozen=True, kw_only=True)
class GgufTokenizer:
    """What goes under `tokenizer.` in the metadata; the three lists run over the ids in order."""

    tokens: tuple[str, ...]
    kinds: tuple[int, ...]
    merges: tuple[str, ...]
    """Pairs written with one space between them, the strongest first."""
    pre: str
    chat_template: str | None
    special: dict[str, int]
    """`bos`, `eos`, `pad` and, where there is one, `eot` -> id."""
    begins_with_bos: bool
    """Whether BOS stands before a text."""


def read_gguf_tokenizer(folder: Path, *, vocabulary: int) -> GgufTokenizer:
    """Reads the tokenizer files of a model folder; ids up to `vocabulary` are filled as unused.

    Raises ModelError `release.folder-incomplete`, or `release.tokenizer-unsupported` for what is
    not byte-level BPE, for a split pattern without a name and for ids beyond `vocabulary`.
    """
    stored = read_json(folder / "tokenizer.json")
    bpe = stored.get("model", {})
    if bpe.get("type") != "BPE":
        raise ModelError(
            "release.tokenizer-unsupported",
            f"a tokenizer of type {bpe.get('type')!r} cannot be written to GGUF",
            where=str(folder / "tokenizer.json"),
            remedy="Only byte-level BPE can",
        )
    tokens, kinds = _token_lists(bpe["vocab"], stored.get("added_tokens", []), vocabulary)
    ids = {token: index for index, token in enumerate(tokens)}
    return GgufTokenizer(
        tokens=tuple(tokens),
        kinds=tuple(kinds),
        merges=tuple(m if isinstance(m, str) else " ".join(m) for m in bpe["merges"]),
        pre=pre_tokeniser_name(stored),
        chat_template=_plain_template(_chat_template(folder)),
        special=_special_ids(read_json(folder / "tokenizer_config.json"), ids),
        begins_with_bos=_begins_with_special(stored.get("post_processor") or {}),
    )


def pre_tokeniser_name(tokenizer: dict[str, Any]) -> str:
    """The GGUF name of the split pattern in the content of a `tokenizer.json`."""
    name = gguf_pre_name(tokenizer.get("pre_tokenizer") or {})
    if name is not None:
        return name
    raise ModelError(
        "release.tokenizer-unsupported",
        "llama.cpp and openvino-genai share no name for this tokenizer's way of splitting text",
        where="tokenizer.json, key pre_tokenizer",
        remedy="Set release.gguf = false, or train a tokenizer with the project's own pattern",
    )


def _token_lists(
    vocab: dict[str, int], added: list[dict[str, Any]], vocabulary: int
) -> tuple[list[str], list[int]]:
    by_id = {index: (token, NORMAL) for token, index in vocab.items()}
    for entry in added:
        by_id[entry["id"]] = (entry["content"], CONTROL if entry["special"] else NORMAL)
    if max(by_id) >= vocabulary:
        raise ModelError(
            "release.tokenizer-unsupported",
            f"the tokenizer has id {max(by_id)}, the model only {vocabulary} rows",
            where="tokenizer.json and config.json, key vocab_size",
            remedy="Take the tokenizer that the model was trained with",
        )
    # llama.cpp wants a text for every row, and each text once.
    filled = [by_id.get(i, (f"<|unused_{i}|>", UNUSED)) for i in range(vocabulary)]
    return [token for token, _ in filled], [kind for _, kind in filled]


def _begins_with_special(post_processor: dict[str, Any]) -> bool:
    """Whether a template puts a special token before the text."""
    if post_processor.get("type") == "Sequence":
        return any(_begins_with_special(part) for part in post_processor["processors"])
    single = post_processor.get("single") or [{}]
    return "SpecialToken" in single[0]


def _special_ids(config: dict[str, Any], ids: dict[str, int]) -> dict[str, int]:
    special: dict[str, int] = {}
    for role in ("bos", "eos", "pad"):
        token = config.get(f"{role}_token")
        token = token.get("content") if isinstance(token, dict) else token
        if token in ids:
            special[role] = ids[token]
    if SPECIAL_TOKENS[IM_END] in ids:
        special["eot"] = ids[SPECIAL_TOKENS[IM_END]]
    return special


def _chat_template(folder: Path) -> str | None:
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_text("utf-8")
    inline = read_json(folder / "tokenizer_config.json").get("chat_template")
    return inline if isinstance(inline, str) else None


def _plain_template(template: str | None) -> str | None:
    """Turns the training-only tag `generation` into an `if` that always holds.

    Only transformers knows the tag. Swapping names keeps each tag's white-space control.
    """
    if template is None:
        return None
    opened = re.sub(r"\{%(-?)\s*generation\s*(-?)%\}", r"{%\1 if true \2%}", template)
    return re.sub(r"\{%(-?)\s*endgeneration\s*(-?)%\}", r"{%\1 endif \2%}", opened)
