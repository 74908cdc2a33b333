"""A small tokenizer and a small corpus artifact to try it on."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe

TEXTS = {
    "es": "La tertulia empieza a las ocho de la tarde y nadie sabe cuándo termina.",
    "ca": "La col·lecció de l'avi paral·lela s'ha perdut; dona'm-en una altra, que n'hi ha més.",
    "ca-valencia": "Este matí hem anat a la platja i hui mateix tornarem a la nostra faena.",
    "eu": "Etxeko sukaldean bildu ginen eta gauerdira arte hitz egin genuen guztiok.",
    "gl": "As olas chegaban á praia mentres os nenos xogaban coa area na outra beira.",
}


def varied(text: str, copies: int = 40) -> list[str]:
    """Rotations of a sentence's words: enough repetition for merges to be learnt."""
    words = text.split()
    return [
        " ".join(words[i % len(words) :] + words[: i % len(words)]) + f" {i}\n"
        for i in range(copies)
    ]


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer(train_bpe([t for text in TEXTS.values() for t in varied(text)], 512))


@pytest.fixture(scope="session")
def saved(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save(folder)
    return folder


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for split, copies in (("train", 40), ("held_out", 4)):
        (folder / split).mkdir()
        for tag, text in TEXTS.items():
            rows = varied(text, copies)
            ids = [f"{tag}/{split}/{i}" for i in range(len(rows))]
            pq.write_table(pa.table({"id": ids, "text": rows}), folder / split / f"{tag}.parquet")
    return folder
