"""Releasing models: the Hugging Face layout, GGUF, cards and notices."""

from tertulia.release.card import CardFacts, render_card
from tertulia.release.gguf_export import GgufDescription, export_gguf
from tertulia.release.hugging_face import export_hugging_face, seal
from tertulia.release.names import ModelName

__all__ = [
    "CardFacts",
    "GgufDescription",
    "ModelName",
    "export_gguf",
    "export_hugging_face",
    "render_card",
    "seal",
]
