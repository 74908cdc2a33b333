"""The fastest products of square matrices that this machine does: what a share of peak is of.

`peak_flops` is called inside the process that is measured, with its threads, just before and just
after: the best of the medians of products of 1024, 2048 and 4096.

    python -m benchmarks.matmul_peak [--quick] [--threads 2]
"""

from __future__ import annotations

import statistics
import time

import torch

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from tertulia.compute.machine import Precision
from tertulia.compute.profiles import resolve_machine

SIZES = (1024, 2048, 4096)
_REPEATS = 5


def product_flops(size: int, precision: Precision, device: str = "cpu") -> float:
    """Operations per second (two for a multiplication and its addition), median of some."""
    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(size, size, generator=generator).to(device, kind) for _ in "ab")
    # On CUDA one product is too short to be timed by a clock outside.
    batch = 20 if device == "cuda" else 1
    seconds = []
    for _ in range(_REPEATS + 1):
        begun = time.perf_counter()
        for _ in range(batch):
            left @ right
        if device == "cuda":
            torch.cuda.synchronize()
        seconds.append((time.perf_counter() - begun) / batch)
    return float(2 * size**3 / statistics.median(seconds[1:]))


def peak_flops(precision: Precision, device: str = "cpu") -> float:
    """The best of the sizes' medians, with the threads that torch has now."""
    return max(product_flops(size, precision, device) for size in SIZES)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--threads", type=int, help="default: the machine's cores")
    arguments = options.parse_args()
    load = begin()
    threads = arguments.threads or resolve_machine().threads
    torch.set_num_threads(threads)
    sizes = SIZES[:1] if arguments.quick else SIZES
    kinds: tuple[Precision, ...] = ("bfloat16", "float32")
    rows = [
        [kind, *(f"{product_flops(size, kind) / 1e9:,.0f}" for size in sizes)] for kind in kinds
    ]
    lines = [
        f"{threads} threads; median of {_REPEATS} products each.",
        "",
        *table(["GFLOP/s", *(f"{size:,}" for size in sizes)], rows),
    ]
    publish(arguments, "matmul-peak", "Products of matrices at their fastest", lines, load=load)


if __name__ == "__main__":
    main()
