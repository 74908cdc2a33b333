"""Threads are set in the open, and a fork stays quiet."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tertulia.tokenizer.threads import use_threads

_FORK = """
import os, sys
from tertulia.tokenizer.threads import use_threads
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe
use_threads(2)
tokenizer = Tokenizer(train_bpe(["bon dia a tothom"] * 9, 384))
whole = tokenizer.encode_batch(["bon dia"] * 64)
child = os.fork()
if child == 0:
    os._exit(0 if tokenizer.encode_batch(["bon dia"] * 64) == whole else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_the_number_of_threads_is_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAYON_NUM_THREADS", "9")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    use_threads(3)
    assert os.environ["RAYON_NUM_THREADS"] == "3"
    assert os.environ["TOKENIZERS_PARALLELISM"] == "true"
    use_threads(1)
    assert os.environ["TOKENIZERS_PARALLELISM"] == "false"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_encodes_the_same_and_nobody_warns() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _FORK], capture_output=True, text=True, env=environment, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
