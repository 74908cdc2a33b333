"""Which model of a server is meant."""

from __future__ import annotations

from typing import Any

from tertulia.errors import ModelError
from tertulia.inference.openai_client import OpenAIClient, ServerRefused


def choose_model(client: OpenAIClient, model: str) -> tuple[str, dict[str, Any]]:
    """The model called `model`, or the only one there is, and what the server lists of it.

    Raises ModelError `inference.server-model` where the server has not that one model, and what
    `OpenAIClient.get` raises.
    """
    try:
        listed = client.get("/models").get("data") or []
    except ServerRefused:
        listed = []
    there = {str(entry["id"]): entry for entry in listed if isinstance(entry, dict)}
    if not model and len(there) == 1:
        model = next(iter(there))
    if not model or (there and model not in there):
        names = ", ".join(sorted(there)) or "it does not say which"
        raise ModelError(
            "inference.server-model",
            f"the server has no model '{model}'" if model else "the server has several models",
            where=client.url,
            remedy=f"Write URL#MODEL; it has: {names}",
        )
    return model, there.get(model, {})
