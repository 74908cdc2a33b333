"""What the ids of any tokenizer.json stand for, as bytes."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tertulia.tokenizer.byte_level import byte_of_character

if TYPE_CHECKING:
    import tokenizers

_BLANK = "\u2581"
"""What SentencePiece writes for a blank."""

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class Vocabulary:
    """Byte-level vocabularies as GPT-2 writes them, and those of SentencePiece."""

    def __init__(self, backend: tokenizers.Tokenizer) -> None:
        """Special tokens of `backend` have no content; everything else has."""
        self._backend = backend
        self.special = {
            token.content: i
            for i, token in backend.get_added_tokens_decoder().items()
            if token.special
        }
        settings = json.loads(backend.to_str())
        self.byte_level = _has_byte_level(settings["pre_tokenizer"], settings["decoder"])

    @property
    def size(self) -> int:
        """One more than the highest id."""
        return len(self.names)

    @cached_property
    def names(self) -> list[str]:
        """What each id is called in the file; empty for a gap."""
        ids = self._backend.get_vocab(with_added_tokens=True)
        names = [""] * (max(ids.values(), default=-1) + 1)
        for name, i in ids.items():
            names[i] = name
        return names

    @cached_property
    def contents(self) -> list[bytes | None]:
        """The bytes that each id stands for; None for special tokens and gaps."""
        special, added = set(self.special.values()), self._backend.get_added_tokens_decoder()
        return [
            None
            if i in special or not name
            else name.encode()
            if i in added
            else self._content(name)
            for i, name in enumerate(self.names)
        ]

    def ids_of_bytes(self) -> dict[bytes, int]:
        """Content -> id, the lowest where several ids stand for the same bytes."""
        return {
            content: i
            for i, content in reversed(list(enumerate(self.contents)))
            if content is not None
        }

    def take_apart(self, content: bytes) -> list[int]:
        """The ids into which the merges take bytes; none where some byte cannot be written."""
        if self.byte_level:
            return self._model_ids("".join(_character_of_byte()[byte] for byte in content))
        try:
            text = content.decode()
        except UnicodeDecodeError:
            found = (self._backend.token_to_id(f"<0x{byte:02X}>") for byte in content)
            ids = [i for i in found if i is not None]
            return ids if len(ids) == len(content) else []
        return self._model_ids(text.replace(" ", _BLANK))

    def _model_ids(self, text: str) -> list[int]:
        tokens = self._backend.model.tokenize(text)
        unknown = getattr(self._backend.model, "unk_token", None)
        ids = [int(token.id) for token in tokens if token.value != unknown]
        return ids if len(ids) == len(tokens) else []

    def _content(self, name: str) -> bytes:
        if self.byte_level:
            byte_of = byte_of_character()
            if all(character in byte_of for character in name):
                return bytes(byte_of[character] for character in name)
            return name.encode()
        byte = _BYTE.fullmatch(name)
        return bytes([int(byte[1], 16)]) if byte else name.replace(_BLANK, " ").encode()


def _has_byte_level(*parts: Any) -> bool:
    """Whether a step of the name stands in the settings of a pre-tokeniser or a decoder."""
    for part in parts:
        if isinstance(part, dict):
            if part.get("type") == "ByteLevel" or _has_byte_level(*part.values()):
                return True
        elif isinstance(part, list) and _has_byte_level(*part):
            return True
    return False


def _character_of_byte() -> dict[int, str]:
    return {byte: character for character, byte in byte_of_character().items()}
