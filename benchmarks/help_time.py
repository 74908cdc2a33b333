"""How long `tertulia --help` takes: the best of twenty starts, in seconds.

python benchmarks/help_time.py
"""

from __future__ import annotations

import subprocess
import sys
import time

STARTS = 20
BOUND = 0.3


def main() -> None:
    command = [sys.executable, "-m", "tertulia", "--help"]
    times = []
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    times.sort()
    print(f"best {times[0]:.3f} s, median {times[STARTS // 2]:.3f} s, bound {BOUND} s")
    if times[0] > BOUND:
        sys.exit(1)


if __name__ == "__main__":
    main()
