"""First embeddings: what the teacher's embeddings say of each entry of our vocabulary."""

from __future__ import annotations

import numpy as np
from tokenizers import Tokenizer

from scripts.sentence_model.teacher import Floats, Teacher
from tertulia.tokenizer.byte_level import byte_of_character

_DEVIATION = 0.05


def first_embeddings(backend: Tokenizer, teacher: Teacher) -> Floats:
    """Sums of the teacher's centred embeddings of an entry's text; chance where it is no text.

    A sum is divided by the root of the number of its parts, so that all are about as long.
    """
    known = teacher.embeddings - teacher.embeddings.mean(axis=0)
    count = backend.get_vocab_size()
    found = np.random.default_rng(0).normal(size=(count, teacher.width)).astype(np.float32)
    found *= known.std()
    bytes_of = byte_of_character()
    for index in range(count):
        token = backend.id_to_token(index)
        if token is None or token.startswith("<|"):
            continue
        try:
            text = bytes(bytes_of[character] for character in token).decode()
        except (KeyError, UnicodeDecodeError):
            continue
        ids = teacher.ids(text, begins_word=text.startswith(" "))
        if ids:
            found[index] = known[ids].sum(axis=0) / len(ids) ** 0.5
    return found * (_DEVIATION / found.std())
