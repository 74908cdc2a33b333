"""Running models: one engine protocol, and what chat and generate need around it."""

from tertulia.inference.chat import Conversation, answer, complete_text, stream_text
from tertulia.inference.embedder import Embedder
from tertulia.inference.engine import Engine, GenerationSettings
from tertulia.inference.model_folder import find_model, runs
from tertulia.inference.open_embedder import open_embedder
from tertulia.inference.open_text_engine import open_text_engine
from tertulia.inference.torch_engine import TorchEngine

__all__ = [
    "Conversation",
    "Embedder",
    "Engine",
    "GenerationSettings",
    "TorchEngine",
    "answer",
    "complete_text",
    "find_model",
    "open_embedder",
    "open_text_engine",
    "runs",
    "stream_text",
]
