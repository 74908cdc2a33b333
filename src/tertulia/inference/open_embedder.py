"""From what a user names to the model of sentence vectors."""

from __future__ import annotations

import os
from pathlib import Path

from tertulia.errors import ModelError
from tertulia.inference.embedder import Embedder


def open_embedder(argument: str | None = None) -> Embedder:
    """The shipped model, the one in a folder, or one behind a URL written `URL#MODEL`.

    A prefix for questions and one for passages can follow: `URL#MODEL#query: #passage: `.
    Raises ModelError `inference.embedder-not-found`, or as the two kinds of embedder do.
    """
    if argument is None or Path(argument).is_dir():
        from tertulia.inference.sentence_embedder import SentenceEmbedder

        return SentenceEmbedder.open(Path(argument) if argument else None)
    url, *rest = argument.split("#")
    if not url.startswith(("http://", "https://")) or not 1 <= len(rest) <= 3 or not rest[0]:
        raise ModelError(
            "inference.embedder-not-found",
            f"'{argument}' is neither a folder nor the URL of a server with a model",
            remedy="Name a folder, or write URL#MODEL, such as http://127.0.0.1:8080/v1#e5-small",
        )
    from tertulia.inference.openai_client import KEY_VARIABLE, OpenAIClient
    from tertulia.inference.remote_embedder import RemoteEmbedder

    query, passage = [*rest[1:], "", ""][:2]
    client = OpenAIClient(url, key=os.environ.get(KEY_VARIABLE))
    return RemoteEmbedder(client, rest[0], query_prefix=query, passage_prefix=passage)
