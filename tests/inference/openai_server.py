"""A server that speaks the OpenAI API around a scorer of ours, in the shape that vLLM documents."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from tertulia.inference.scoring import Continuation, written
from tertulia.inference.torch_scorer import TorchScorer
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.tokenizer import Tokenizer
from tests.inference.listening import QuietHandler, listening


@dataclass
class Behaviour:
    """What the server is like, and what it was asked."""

    echoes: bool = True
    """Otherwise `echo` is ignored, and only written tokens have probabilities."""
    writes_nothing: bool = True
    """Otherwise it wants max_tokens to be 1 at least, as older servers do."""
    begins_texts: bool = True
    tells_blanks: bool = True
    """Otherwise tokens are told without the blanks in them, as those of SentencePiece are."""
    completes: bool = True
    chats: bool = True
    models: tuple[str, ...] = ("mine",)
    longest: int = 10_000
    """Tokens of a prompt."""
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Statuses and headers of the first answers."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


class FakeServer:
    """The replies of the API, without the HTTP around them."""

    def __init__(self, model: Transformer, tokenizer: Tokenizer, behaviour: Behaviour) -> None:
        self._model, self._tokenizer, self.behaviour = model.eval(), tokenizer, behaviour
        self._scorer = TorchScorer(model, tokenizer, name="mine", identity="")
        self._lock = threading.Lock()

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            self.behaviour.asked.append((path, body))
            if path == "/v1/models":
                listed = [{"id": name, "max_model_len": 96} for name in self.behaviour.models]
                return 200, {"object": "list", "data": listed}
            if path == "/v1/completions" and self.behaviour.completes:
                return self._complete(body)
            if path == "/v1/chat/completions" and self.behaviour.chats:
                text = self._write(body, body["messages"][0]["content"], chat=True)
                return 200, {"choices": [{"message": {"role": "assistant", "content": text}}]}
            return 404, {"error": {"message": "Not Found"}}

    def _complete(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        prompt, most = body["prompt"], body["max_tokens"]
        if most == 0 and not (body.get("echo") and self.behaviour.writes_nothing):
            return 400, {"error": {"message": "max_tokens must be at least 1"}}
        if len(self._tokenizer.encode(prompt)) > self.behaviour.longest:
            return 400, {"error": {"message": "This model's maximum context length is 96 tokens."}}
        text = self._write(body, prompt) if most else ""
        told = self._told(prompt, text, most, echo=bool(body.get("echo")))
        if body.get("echo") and self.behaviour.echoes:
            text = prompt + text
        return 200, {"choices": [{"text": text, "logprobs": told if "logprobs" in body else None}]}

    def _write(self, body: dict[str, Any], prompt: str, *, chat: bool = False) -> str:
        stops = tuple(body.get("stop", ()))
        asked = Continuation(prompt, body["max_tokens"], stops, chat=chat)
        return written(next(self._scorer.reply([asked])))

    def _told(self, prompt: str, text: str, most: int, *, echo: bool) -> dict[str, Any]:
        """Tokens and what they cost; of a text that is not echoed, only those written."""
        start = [self._tokenizer.special.start]
        ids = [*start, *self._tokenizer.encode(prompt)]
        with torch.inference_mode():
            nats_TV = self._model(torch.tensor([ids]))[0].log_softmax(-1)
        likeliest = nats_TV.argmax(-1).tolist()
        row = [None, *(float(nats_TV[n, token]) for n, token in enumerate(ids[1:]))]
        top = [None] + [
            {self._name(best): float(nats_TV[n, best]), self._name(token): float(nats_TV[n, token])}
            for n, (best, token) in enumerate(zip(likeliest, ids[1:], strict=False))
        ]
        first = 0 if self.behaviour.begins_texts else 1
        names, row, top = [self._name(token) for token in ids][first:], row[first:], top[first:]
        if first:
            row[0], top[0] = None, None
        if not (echo and self.behaviour.echoes):
            names, row, top = [], [], []
        if most:
            best = float(nats_TV[-1, likeliest[-1]])
            names.append(self._name(likeliest[-1]))
            row.append(best)
            top.append({names[-1]: best})
        return {"tokens": names, "token_logprobs": row, "top_logprobs": top}

    def _name(self, token: int) -> str:
        name = self._tokenizer.decode([token], show_reserved=True)
        return name if self.behaviour.tells_blanks else name.strip()


@contextmanager
def serving(server: FakeServer) -> Iterator[str]:
    """The server behind HTTP on this machine; gives its base URL."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            self._send(*self._reply({}))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._send(*self._reply(json.loads(self.rfile.read(length))))

        def _reply(self, body: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
            behaviour = server.behaviour
            behaviour.headers.append(dict(self.headers))
            if behaviour.failures:
                status, headers = behaviour.failures.pop(0)
                return status, {"error": {"message": f"failure {status}"}}, headers
            status, values = server.answer(self.path, body)
            return status, values, {}

        def _send(self, status: int, values: dict[str, Any], headers: dict[str, str]) -> None:
            content = json.dumps(values).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    with listening(Handler) as url:
        yield url
