"""How kernels are compiled: the one place that decides it.

No fastmath: a ranking must not depend on reassociation, and contraction to FMA would make bits depend on the
processor; where it pays, `instructions.fma` is written out. `error_model="numpy"` because the zero-division check of
the default model stops vectorisation of every loop with a division (measured: 4.0 against 1.4 ns for a logarithm).
`nogil` so that threads come from an executor; no `parallel=True`, which costs seconds of compile time for each kernel
and makes sums depend on the thread count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile `function` on first use and cache the machine code where a folder is writable.

    numba looks for the cache folder when the function is decorated and raises RuntimeError if neither the package
    folder nor the user's cache folder is writable; the kernel then works without a cache.
    """
    try:
        compiled: F = numba.njit(function, cache=True, nogil=True, error_model="numpy")
    except RuntimeError:
        compiled = numba.njit(function, nogil=True, error_model="numpy")
    return compiled
