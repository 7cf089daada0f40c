"""Timing shared by the benchmarks: variants are rotated once per round and the median is quoted.

What is timed is the thread's own processor time: everything here runs on one thread, and others use the machine.

Whether freed memory is given back to the system, and fetched again page by page, depends on what a process has freed
before: glibc keeps what is smaller than the largest block freed so far, up to 32 MiB. All variants are timed in the
state of a process that has worked for a while; without it TOPSIS at 100,000 x 50 takes 2.3 ms longer.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np

from evalengine.methods.kernel import kernel
from evalengine.methods.vector_log import log_positive

SETTLED = 31 * 2**20  # bytes freed before timing


def compare(variants: Mapping[str, Callable[[], object]], *, rounds: int = 7) -> dict[str, float]:
    """Return the median seconds of each variant; each runs once before timing (compilation, page faults)."""
    np.empty(SETTLED, dtype=np.uint8).fill(0)
    for run in variants.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, run in variants.items():
            start = time.thread_time()
            run()
            taken[name].append(time.thread_time() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def one_pass(matrix: np.ndarray) -> Callable[[], object]:
    """Return the memory probe: summing the matrix once, the fastest a pass over it can be."""
    flat = matrix.ravel(order="K")
    return lambda: float(np.add.reduce(flat))


def logarithms(matrix: np.ndarray) -> Callable[[], object]:
    """Return the probe: a logarithm for each cell of the matrix, the numbers always in the first cache.

    It is our own, which is faster than NumPy's (0.5 against 1.1 ns): nothing here takes a logarithm in less time.
    """
    part = matrix[:1024, 0].copy()
    out = np.empty_like(part)
    return lambda: _logarithms(part, out, matrix.size // part.size)


@kernel
def _logarithms(part: np.ndarray, out: np.ndarray, times: int) -> None:
    for _ in range(times):
        for i in range(part.size):
            out[i] = log_positive(part[i])


def show(title: str, seconds: Mapping[str, float], *, cells: int, base: str) -> None:
    """Print one line per variant: ns per cell and how many times faster than `base`."""
    print(f"\n{title}")
    for name, value in seconds.items():
        print(f"  {name:<34} {value * 1e9 / cells:10.3f} ns/cell {seconds[base] / value:9.2f} x {base}")
