"""kill -9 while documents are indexed: each is then wholly indexed or waits, nothing in between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tertulia.serve.database.open_database import open_database
from tests.serve.database.filling import (
    ANA,
    add_collection,
    found_by_vectors,
    found_by_words,
    queue,
)
from tests.serve.database.index_state import assert_consistent

ROOT = Path(__file__).parents[3]
KILLS = 10
DOCUMENTS, NAMES = 900, 600
"""So many that no machine is through with them before the last kill."""


def start(address: str) -> subprocess.Popen[str]:
    """An indexing process that has begun to work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.serve.database.indexing_process", address],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    return process


def test_a_killed_process_leaves_every_document_whole_or_waiting(address: str) -> None:
    database = open_database(address)
    add_collection(database)
    for number in range(DOCUMENTS):
        # Every third replaces an earlier one: the old goes in the step in which the new is ready.
        queue(database, f"doc-{number}", name=f"{number % NAMES}.txt")
    chosen = random.Random(20)
    interrupted = 0
    for _ in range(KILLS):
        process = start(address)
        time.sleep(chosen.uniform(0, 0.06))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()  # type: ignore[union-attr]
        assert_consistent(database)
        interrupted += database.document_counts("laws", ANA).get("indexing", 0)
    assert interrupted, "no kill hit a document at work: the test has shown nothing"
    process = start(address)
    assert process.communicate(timeout=60)[0] == "finished\n"
    assert process.returncode == 0
    assert database.document_counts("laws", ANA) == {"ready": NAMES}
    assert_consistent(database)
    assert len(found_by_words(database, "agua", limit=50 * NAMES)) == 20 * NAMES
    assert len(found_by_vectors(database, "agua", limit=50 * NAMES)) == 20 * NAMES
    database.close()
