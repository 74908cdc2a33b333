"""A server that is killed while it indexes: what was finished stays, the rest is done later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.knowledge.indexing import Indexer
from tertulia.serve.knowledge.originals import Originals
from tests.serve.hashed_embedder import HashedEmbedder
from tests.serve.knowledge.conftest import OWNER, queue

PROGRAM = """
import sys, time
from pathlib import Path
from tertulia.serve.database.open_database import open_database
from tertulia.serve.knowledge.indexing import Indexer
from tertulia.serve.knowledge.originals import Originals
from tests.serve.hashed_embedder import HashedEmbedder

class Stuck(HashedEmbedder):
    def embed_passages(self, texts):
        if any("Segundo" in text for text in texts):
            print("stuck", flush=True)
            time.sleep(60)
        return super().embed_passages(texts)

folder = Path(sys.argv[1])
indexer = Indexer(open_database(folder / "tertulia.db"), Originals(folder / "originals"), Stuck())
while indexer.index_next():
    pass
"""


def test_a_killed_worker_loses_nothing(
    database: SqlDatabase, originals: Originals, tmp_path: Path
) -> None:
    for id, word in (("d1", "Primeiro"), ("d2", "Segundo"), ("d3", "Terceiro")):
        queue(database, originals, id, f"# {word}\n\nUn texto.".encode(), f"{id}.md")
    root = Path(__file__).parents[3]
    worker = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"},
    )
    assert worker.stdout is not None
    with worker.stdout:
        assert worker.stdout.readline() == "stuck\n"
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(10) == -signal.SIGKILL
    states = {each.id: each.state for each in database.documents("vs_1", OWNER)}
    assert states == {"d1": "ready", "d2": "indexing", "d3": "queued"}
    indexer = Indexer(database, originals, HashedEmbedder())
    assert database.requeue_interrupted() == 1
    while indexer.index_next():
        pass
    found = database.search_vectors(
        ["vs_1"], HashedEmbedder().embed_queries(["texto"])[0], OWNER, limit=9
    )
    assert sorted(hit.document for hit in found) == ["d1", "d2", "d3"]
