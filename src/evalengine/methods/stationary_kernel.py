"""The stationary shares of a system of flows, by elimination without a subtraction."""

from __future__ import annotations

from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel


@kernel
def stationary(flows: Array, shares: Array) -> float:
    """Fill q ≥ 0 with Σ_j q_j flows_jk = q_k Σ_j flows_kj and Σ q = 1; return the smallest pivot.

    The diagonal of `flows`, which is overwritten, does not matter. No number is subtracted, so every share has nearly
    all digits the flows have, however unequal they are. A pivot of 0: the shares are not filled, the last state left
    cannot be left for the ones before, and the shares may not be unique.

    Source: Grassmann, Taksar & Heyman (1985), Operations Research 33(5).
    """
    size = flows.shape[0]
    smallest = 1.0
    for n in range(size - 1, 0, -1):
        pivot = 0.0
        for j in range(n):
            pivot += flows[n, j]
        smallest = min(smallest, pivot)
        if not pivot > 0.0:
            return 0.0
        for i in range(n):
            part = flows[i, n] / pivot
            flows[i, n] = part
            for j in range(n):
                flows[i, j] += part * flows[n, j]
    shares[0] = 1.0
    total = 1.0
    for n in range(1, size):
        share = 0.0
        for i in range(n):
            share += shares[i] * flows[i, n]
        shares[n] = share
        total += share
    for n in range(size):
        shares[n] /= total
    return smallest
