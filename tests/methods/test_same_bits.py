"""The same bits on every processor: an old one without fused multiply-add and wide vectors gives them too."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from evalengine.methods.composite import Level, composite_score
from evalengine.methods.critic_weights import critic
from evalengine.methods.entropy_weights import entropy
from evalengine.methods.removal_weights import idocriw, merec
from evalengine.methods.topsis import topsis


def results() -> str:
    """Return the numbers of methods with kernels spelt out in instructions, as hexadecimal text."""
    X = np.asfortranarray(np.random.default_rng(0).lognormal(size=(1301, 7)))
    d = np.where(np.arange(7) % 3 == 2, -1.0, 1.0)
    tree = [Level(parents=np.zeros(7, dtype=int), weights=np.arange(1.0, 8.0), mean="geometric")]
    arrays = [
        composite_score(X, tree, d, lower=1.0, upper=100.0),
        critic(X, d).weights,
        entropy(X, d).weights,
        merec(X, d).weights,
        idocriw(X, d).weights,
        topsis(X, np.full(7, 1 / 7), d).scores,
    ]
    return "\n".join(np.asarray(array, dtype=np.float64).tobytes().hex() for array in arrays)


def test_a_processor_without_the_instructions(tmp_path: Path) -> None:
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path)}
    made = subprocess.run(
        [sys.executable, "-c", "from tests.methods import test_same_bits as t; print(t.results())"],
        env=os.environ | plain,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.split() == results().split()
