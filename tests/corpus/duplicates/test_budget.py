"""What is announced before the search is what it takes at most."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tertulia.corpus.duplicates.budget import BYTES_A_DOCUMENT, announce
from tertulia.corpus.duplicates.signatures import signature_file
from tertulia.errors import DataError
from tertulia.recipe.duplicates_spec import DuplicatesSpec

_SPEC = DuplicatesSpec()

_PARTS, _DOCUMENTS, _SIZE = 8, 60_000, 20

_SEARCH = """
import sys
from pathlib import Path
import numpy as np
from tertulia.corpus.duplicates.budget import announce
from tertulia.corpus.duplicates.near import near_duplicates
from tertulia.recipe.duplicates_spec import DuplicatesSpec

folder, memory, parts, documents, size = Path(sys.argv[1]), *map(int, sys.argv[2:])
spec, number = DuplicatesSpec(), parts * documents
budget = announce(number, number * size * 6, spec, memory)
ranks = np.arange(number, dtype=np.uint32)[::-1].copy()
found = near_duplicates(folder, parts, ranks, spec, budget, folder.parent / "scratch")
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if "VmHWM" in line)
print(peak, budget.memory_bytes, budget.ranges, budget.disk_bytes, len(found.clusters))
"""


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signatures of twins that meet in every band, of which one pair in three is similar enough."""
    folder = tmp_path_factory.mktemp("search") / "signatures"
    folder.mkdir()
    lots = np.random.default_rng(1)
    for part in range(_PARTS):
        bands = lots.integers(0, 2**32, (14, _DOCUMENTS // 2), dtype="<u4").repeat(2, axis=1)
        sets = np.sort(lots.integers(0, 2**32, (_DOCUMENTS, _SIZE), dtype="<u4"), axis=1)
        sets[1::6] = sets[::6]
        bands.tofile(signature_file(folder, part, "bands"))
        np.full(_DOCUMENTS, _SIZE, "<u4").tofile(signature_file(folder, part, "sizes"))
        sets.tofile(signature_file(folder, part, "shingles"))
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize("memory", [240_000_000, 2_000_000_000])
def test_a_search_takes_no_more_than_was_announced(signed: Path, memory: int) -> None:
    one_thread = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS"), "1")
    numbers = map(str, (memory, _PARTS, _DOCUMENTS, _SIZE))
    done = subprocess.run(
        [sys.executable, "-c", _SEARCH, str(signed), *numbers],
        check=True, capture_output=True, text=True, env={**os.environ, **one_thread},
    )  # fmt: skip
    peak, announced, ranges, announced_disk, clusters = map(int, done.stdout.split())
    assert peak <= announced <= memory
    assert sum(path.stat().st_size for path in signed.iterdir()) < announced_disk
    assert (ranges > 1) == (memory < 1_000_000_000)
    assert clusters == _PARTS * _DOCUMENTS // 6


def test_it_grows_by_bytes_a_document_and_not_by_text() -> None:
    few, many = (announce(n, 10**12, _SPEC, 10**11) for n in (50_000_000, 90_000_000))
    assert many.memory_bytes - few.memory_bytes == 40_000_000 * BYTES_A_DOCUMENT
    assert BYTES_A_DOCUMENT <= 50


@pytest.mark.parametrize("documents", [0, 1, 10**6, 3 * 10**7, 10**8])
@pytest.mark.parametrize("memory", [5 * 10**8, 4 * 10**9, 10**11])
def test_it_keeps_to_what_is_allowed_or_refuses(documents: int, memory: int) -> None:
    try:
        budget = announce(documents, documents * 300, _SPEC, memory)
    except DataError as error:
        assert error.code == "corpus.too-little-memory"
        assert documents * BYTES_A_DOCUMENT > memory / 2
    else:
        assert budget.memory_bytes <= memory


def test_what_the_caller_holds_counts() -> None:
    with pytest.raises(DataError, match="near-duplicates among 1,000 documents"):
        announce(1000, 10**6, _SPEC, 10**9, beside=10**9)
