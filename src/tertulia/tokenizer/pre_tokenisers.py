"""Ways of splitting text before merges, by the name that a GGUF file has for each.

llama.cpp keeps the patterns in its program and a file holds only the name. Both ways are here: from
a name to a pre-tokeniser that gives llama.cpp's ids, and from the settings in a tokenizer.json to
the name under which it can be exported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tertulia.tokenizer.byte_level import PRE, SPLIT

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import PreTokenizer

_DIGIT = r"\p{N}"
_GPT_2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"
_QWENS_OWN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA_3S_OWN = _QWENS_OWN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

PATTERNS: dict[str, tuple[str, ...]] = {
    PRE: (SPLIT,),
    "llama-bpe": (SPLIT.replace(r"|\p{N}|", r"|\p{N}{1,3}|"),),
    "smollm": (_DIGIT, _GPT_2),
    "gpt-2": (_GPT_2,),
    "default": (r"[\p{P}\$\+<=>\^~\|]+", _GPT_2, r"\p{N}+", r"[0-9][0-9][0-9]"),
}
"""Name -> patterns, each splitting what the one before left whole, as llama.cpp does it.

`default` is how llama.cpp splits where a file gives no name."""

_SAME = {"llama3": "llama-bpe", "llama-v3": "llama-bpe"}
"""Other names that llama.cpp knows, and the name by which they are known here."""

_STEPS = {
    (SPLIT,): PRE,
    (_QWENS_OWN,): PRE,
    (_LLAMA_3S_OWN,): "llama-bpe",
    ("digits", "words"): "smollm",
    ("words",): "gpt-2",
} | {patterns: name for name, patterns in PATTERNS.items()}
"""What a tokenizer.json does, step by step -> the name; `words` is GPT-2's pattern, built in."""


def pre_tokeniser(name: str) -> PreTokenizer | None:
    """The pre-tokeniser that a GGUF file calls `name`, byte level included; None for none known."""
    from tokenizers import Regex
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

    patterns = PATTERNS.get(_SAME.get(name, name))
    if patterns is None:
        return None
    splits = [Split(Regex(pattern), behavior="isolated") for pattern in patterns]
    return Sequence([*splits, ByteLevel(add_prefix_space=False, use_regex=False)])


def gguf_pre_name(settings: Mapping[str, Any]) -> str | None:
    """The name for the `pre_tokenizer` of a tokenizer.json; None where llama.cpp has none."""
    return _STEPS.get(tuple(_steps(settings)))


def _steps(settings: Mapping[str, Any]) -> list[str]:
    kind = settings.get("type")
    if kind == "Sequence":
        return [step for part in settings["pretokenizers"] for step in _steps(part)]
    if kind == "Split" and settings.get("behavior") == "Isolated" and not settings.get("invert"):
        return [str(settings["pattern"].get("Regex", ""))]
    if kind == "Digits" and settings.get("individual_digits"):
        return ["digits"]
    if kind == "ByteLevel" and not settings.get("add_prefix_space"):
        return ["words"] if settings.get("use_regex") else []
    return [f"unknown {kind}"]
