"""A campaign's results depend on its brief and seed: not on time, interruptions or processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tertulia.campaign.calculation import Calculation, Result
from tertulia.campaign.loop import LAG, Budget, Campaign, Progress
from tertulia.campaign.result_store import ResultStore
from tertulia.campaign.workers import Workers
from tests.campaign.test_workers import calculation

ROOT = Path(__file__).parents[2]


class Descent:
    """Proposes around the least square known; some of it fails, some takes longer."""

    def __init__(self, slow: float = 0.0) -> None:
        self.asked: list[tuple[int, int]] = []
        self._slow = slow

    def propose(
        self, known: Sequence[Result], pending: Sequence[Calculation], count: int
    ) -> list[Calculation]:
        self.asked.append((len(known), len(pending)))
        best = min((one.values["square"] for one in known if one.done), default=100.0)
        number = len(known) + len(pending)
        return [
            calculation(
                round(best**0.5 - 0.01 * (number + at), 6),
                seconds=self._slow * ((number + at) % 3),
                ends="refused" if at == 2 else "well",
            )
            for at in range(count)
        ]


def run(folder: Path, workers: int, proposer: Descent, calculations: int = 20) -> list[Result]:
    pool, store = Workers(workers, timeout=60), ResultStore(folder)
    try:
        return Campaign(proposer, store, pool, Budget(calculations=calculations, batch=4)).run()
    finally:
        pool.close()
        store.close()


def outcomes(results: Sequence[Result]) -> list[str]:
    return [one.digest for one in results]


def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    one = run(tmp_path / "one", 1, Descent())
    two = run(tmp_path / "two", 2, Descent(slow=0.0))
    assert outcomes(one) == outcomes(two)
    assert len(one) == 20 and [x.reason for x in one].count("refused") == 5


def test_what_is_known_at_a_proposal_are_all_batches_but_the_latest(tmp_path: Path) -> None:
    proposer = Descent()
    run(tmp_path, 2, proposer)
    assert LAG == 1
    assert proposer.asked == [(0, 0), (0, 4), (4, 4), (8, 4), (12, 4)]


def test_what_was_computed_is_not_computed_again(tmp_path: Path) -> None:
    first = run(tmp_path, 2, Descent())
    seen: list[Progress] = []
    store = ResultStore(tmp_path)
    idle = Workers(1, timeout=60)
    campaign = Campaign(Descent(), store, idle, Budget(calculations=20, batch=4), seen.append)
    assert outcomes(campaign.run()) == outcomes(first)
    assert seen[-1].stored == seen[-1].finished == 20
    idle.close()
    store.close()


def test_a_larger_budget_goes_on(tmp_path: Path) -> None:
    short = run(tmp_path, 2, Descent(), calculations=8)
    longer = run(tmp_path, 2, Descent())
    assert outcomes(longer)[:8] == outcomes(short)


def test_what_is_proposed_twice_is_calculated_once_and_counted(tmp_path: Path) -> None:
    class Stubborn:
        def propose(
            self, known: Sequence[Result], pending: Sequence[Calculation], count: int
        ) -> list[Calculation]:
            return [calculation(1), calculation(2)]

    store, workers = ResultStore(tmp_path), Workers(1, timeout=60)
    campaign = Campaign(Stubborn(), store, workers, Budget(calculations=10))
    assert len(campaign.run()) == 2
    assert campaign.dropped["repeated"] >= 2
    workers.close()
    store.close()


_PROGRAM = """
import sys
from pathlib import Path
from tests.campaign.test_loop import Descent, run
if __name__ == "__main__":
    run(Path(sys.argv[1]), 2, Descent(slow=0.1))
"""


@pytest.mark.parametrize("records", [1, 7])
def test_killed_outright_and_run_again_it_is_the_same(tmp_path: Path, records: int) -> None:
    whole = run(tmp_path / "whole", 2, Descent(slow=0.1))
    folder = tmp_path / "killed"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    script = tmp_path / "campaign.py"
    script.write_text(_PROGRAM)
    with subprocess.Popen([sys.executable, script, folder], env=environment) as process:
        while len(list(folder.glob("records/*/*.json"))) < records and process.poll() is None:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    assert len(list(folder.glob("records/*/*.json"))) < 20
    assert outcomes(run(folder, 1, Descent(slow=0.1))) == outcomes(whole)
