"""Vectors from a server: of length one, of one width, in the order of the texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tertulia.errors import ModelError
from tertulia.inference.openai_client import OpenAIClient
from tertulia.inference.remote_embedder import RemoteEmbedder


class Answers(OpenAIClient):
    """A server whose vectors are as wide as the test says, told in the wrong order."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1/v1")
        self.width = 3
        self.asked: list[str] = []

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        texts = body["input"]
        assert isinstance(texts, list)
        self.asked += texts
        rows = [
            {"index": n, "embedding": [len(text), *[1] * (self.width - 1)]}
            for n, text in enumerate(texts)
        ]
        return {"data": rows[::-1]}


def test_vectors_have_length_one_and_the_order_of_the_texts() -> None:
    server = Answers()
    embedder = RemoteEmbedder(server, "mine", query_prefix="query: ")
    vectors = embedder.embed_passages(["a" * n for n in range(1, 100)])
    assert vectors.shape == (99, 3)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    assert np.all(np.diff(vectors[:, 0]) > 0)
    embedder.embed_queries(["on?"])
    assert server.asked[-1] == "query: on?"


def test_another_width_than_before_is_an_error() -> None:
    server = Answers()
    embedder = RemoteEmbedder(server, "mine")
    server.width = 4
    with pytest.raises(ModelError) as caught:
        embedder.embed_passages(["a"])
    assert caught.value.code == "inference.server-answer"
