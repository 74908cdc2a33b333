"""The worker that makes queued documents searchable: extract, chunk, embed, store.

A document is stored in one transaction, so a process that dies leaves it queued or finished. What
is wrong with a document is written beside it and never stops the others; what is wrong with the
database or the embedding model is tried again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tertulia.errors import DataError, ServeError, TertuliaError
from tertulia.inference.embedder import Embedder, Vectors
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Document, Indexed
from tertulia.serve.knowledge.chunk import chunk, passage_text
from tertulia.serve.knowledge.document import Chunk
from tertulia.serve.knowledge.extract import extract
from tertulia.serve.knowledge.isolation import Limits
from tertulia.serve.knowledge.originals import Originals

_LOOK_SECONDS = 5.0
"""Between two looks at the queue, where nobody wakes the worker."""
_SWEEP_SECONDS = 3600.0
"""Between two sweeps of the originals: what users delete does not stay for long."""
_ATTEMPTS = 3
"""How often a document is tried when not it but something else seems to be at fault."""
_FAULTS = frozenset({"serve.no-original", "serve.other-embedder"})
"""Codes of ServeError that trying again does not mend."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class IndexingProgress:
    """What a worker has done since it started."""

    indexed: int = 0
    failed: int = 0
    chunks: int = 0
    kept_vectors: int = 0
    """Of chunks that an earlier version of their document already had."""
    guessed_encodings: int = 0
    """Texts that were neither UTF-8 nor UTF-16 and were read as Windows-1252."""
    swept: int = 0
    """Originals that nothing needed any more."""
    document: str | None = None
    """The name of the one that is being indexed."""
    trouble: str | None = None
    """Why indexing waits, where it does."""


class Indexer:
    """Indexes queued documents in a thread of its own; one per database."""

    def __init__(
        self,
        database: Database,
        originals: Originals,
        embedder: Embedder,
        *,
        limits: Limits | None = None,
        batch: int = 32,
    ) -> None:
        """`batch` passages are embedded at once."""
        self._database, self._originals, self._embedder = database, originals, embedder
        self._limits, self._batch = limits or Limits(), batch
        self._progress = IndexingProgress()
        self._attempts: dict[str, int] = {}
        self._sweep_due = 0.0
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> IndexingProgress:
        """As it is now; may be asked from any thread."""
        return self._progress

    def start(self) -> None:
        """Queues again what a dead process left, sweeps the originals and starts the thread."""
        self._database.requeue_interrupted()
        self._sweep()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something in the queue."""
        self._woken.set()

    def stop(self, timeout: float | None = None) -> bool:
        """Ends after the batch at hand; what was not finished is queued. False: it still runs.

        What outlives `timeout` seconds is queued again when a worker next starts.
        """
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                return False
            self._thread = None
        self._database.requeue_interrupted()
        return True

    def index_next(self) -> bool:
        """Indexes the oldest queued document here and now; False where none waits.

        Raises what is not the document's fault, after which it is queued again.
        """
        document = self._database.take_queued()
        if document is None:
            return False
        self._progress = replace(self._progress, document=document.name)
        try:
            self._index(document)
        except _Stopped:
            self._database.requeue_interrupted()
        except Exception as error:
            if not self._is_fault_of(document, error):
                self._database.requeue_interrupted()
                raise
            self._fail(document, error)
        finally:
            self._progress = replace(self._progress, document=None)
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                busy, trouble = self.index_next(), None
                if time.monotonic() >= self._sweep_due:
                    self._sweep()
            # Whatever it is, the next document is not to suffer from it.
            except Exception as error:
                _log.warning("indexing waits: %s", error)
                busy, trouble = False, str(error)
            self._progress = replace(self._progress, trouble=trouble)
            if not busy and not self._stopping.is_set():
                self._woken.wait(_LOOK_SECONDS)

    def _sweep(self) -> None:
        self._sweep_due = time.monotonic() + _SWEEP_SECONDS
        in_use = self._database.originals_in_use()
        swept = self._originals.sweep(in_use, self._database.identity())
        self._progress = replace(self._progress, swept=self._progress.swept + swept)

    def _index(self, document: Document) -> None:
        name = self._database.collection_embedder(document.collection)
        if name is not None and name != self._embedder.name:
            raise ServeError(
                "serve.other-embedder",
                f"the collection holds vectors of {name}, not of {self._embedder.name}",
                remedy="Serve with that embedding model, or make the collection anew",
            )
        extracted = extract(
            self._originals.path(document.sha256),
            document.name,
            limits=self._limits,
            on_guess=lambda encoding: self._guessed(document, encoding),
        )
        chunks = chunk(extracted)
        vectors = self._vectors(document, extracted.title, chunks)
        self._database.store_index(document.id, Indexed(extract=extracted, chunks=chunks), vectors)
        self._attempts.pop(document.id, None)
        done = self._progress
        self._progress = replace(done, indexed=done.indexed + 1, chunks=done.chunks + len(chunks))

    def _vectors(self, document: Document, title: str, chunks: Sequence[Chunk]) -> Vectors:
        """Vectors (chunks, width): those that are stored already, and the others embedded."""
        import numpy as np

        stored = self._database.stored_vectors(document.id)
        vectors = np.zeros((len(chunks), self._embedder.width), dtype=np.float32)
        new = []
        for at, each in enumerate(chunks):
            known = stored.get((title, each.headings, each.text))
            if known is None:
                new.append(at)
            else:
                vectors[at] = known
        kept = len(chunks) - len(new)
        self._progress = replace(self._progress, kept_vectors=self._progress.kept_vectors + kept)
        for first in range(0, len(new), self._batch):
            if self._stopping.is_set():
                raise _Stopped
            batch = new[first : first + self._batch]
            vectors[batch] = self._embedder.embed_passages(
                [passage_text(title, chunks[at]) for at in batch]
            )
        return vectors

    def _is_fault_of(self, document: Document, error: Exception) -> bool:
        if isinstance(error, DataError) or getattr(error, "code", None) in _FAULTS:
            return True
        tries = self._attempts[document.id] = self._attempts.get(document.id, 0) + 1
        return tries >= _ATTEMPTS

    def _fail(self, document: Document, error: Exception) -> None:
        if isinstance(error, TertuliaError):
            parts = (error.what, error.remedy)
            reason = " ".join(part.rstrip(".") + "." for part in parts if part)
        else:
            _log.exception("a document cannot be indexed", exc_info=error)
            reason = f"It cannot be indexed ({type(error).__name__})."
        self._database.fail_document(document.id, reason[:1].upper() + reason[1:])
        self._attempts.pop(document.id, None)
        self._progress = replace(self._progress, failed=self._progress.failed + 1)

    def _guessed(self, document: Document, encoding: str) -> None:
        _log.info("%s is not UTF-8 and is read as %s", document.id, encoding)
        guessed = self._progress.guessed_encodings + 1
        self._progress = replace(self._progress, guessed_encodings=guessed)


class _Stopped(Exception):
    """The worker is asked to end."""
