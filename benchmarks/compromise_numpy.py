"""The score-type ranking methods as one writes them in NumPy, and the random problem all variants are given."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import skcriteria as sk

Array = np.ndarray


class Case:
    """One random problem in the forms the variants take."""

    def __init__(self, units: int, indicators: int, *, equal: bool = False) -> None:
        rng = np.random.default_rng(units)
        self.X = rng.uniform(1.0, 9.0, (units, indicators))
        self.w = np.full(indicators, 1.0 / indicators) if equal else rng.dirichlet(np.full(indicators, 3.0))
        self.t = np.where(np.arange(indicators) % 3 == 1, -1, 1)
        self.cost = self.t < 0
        self.bounds = np.column_stack([self.X.min(axis=0), self.X.max(axis=0)])
        self.dm = sk.mkdm(self.X, self.t.tolist(), weights=self.w)


def with_ranks(function: Callable[[Case], Array], case: Case, *, lowest: bool) -> tuple[Array, Array]:
    scores = function(case)
    ranks = np.empty(scores.size)
    ranks[np.argsort(scores if lowest else -scores)] = np.arange(1.0, scores.size + 1.0)
    return scores, ranks


def oriented_min_max(c: Case) -> Array:
    low, high = c.X.min(axis=0), c.X.max(axis=0)
    best, worst = np.where(c.cost, low, high), np.where(c.cost, high, low)
    return (c.X - worst) / (best - worst)


def linear(c: Case) -> Array:
    out = c.X / c.X.max(axis=0)
    out[:, c.cost] = c.X[:, c.cost].min(axis=0) / c.X[:, c.cost]
    return out


def weighted_sum(c: Case) -> Array:
    return oriented_min_max(c) @ c.w


def waspas(c: Case) -> Array:
    r = linear(c)
    return 0.5 * (r @ c.w) + 0.5 * np.exp(np.log(r) @ c.w)


def topsis(c: Case) -> Array:
    v = c.X / np.sqrt((c.X**2).sum(axis=0)) * c.w
    best = np.where(c.cost, v.min(axis=0), v.max(axis=0))
    worst = np.where(c.cost, v.max(axis=0), v.min(axis=0))
    to_best, to_worst = np.sqrt(((v - best) ** 2).sum(axis=1)), np.sqrt(((v - worst) ** 2).sum(axis=1))
    return to_worst / (to_best + to_worst)


def topsis_tuned(c: Case) -> Array:
    """Save temporaries: no squared copies."""
    v = c.X * (c.w / np.sqrt(np.einsum("ij,ij->j", c.X, c.X)))
    low, high = v.min(axis=0), v.max(axis=0)
    near = v - np.where(c.cost, low, high)
    far = v - np.where(c.cost, high, low)
    to_best, to_worst = np.sqrt(np.einsum("ij,ij->i", near, near)), np.sqrt(np.einsum("ij,ij->i", far, far))
    return to_worst / (to_best + to_worst)


def vikor(c: Case) -> Array:
    d = (1.0 - oriented_min_max(c)) * c.w
    s, r = d.sum(axis=1), d.max(axis=1)
    return 0.5 * (s - s.min()) / np.ptp(s) + 0.5 * (r - r.min()) / np.ptp(r)


def copras(c: Case) -> Array:
    p = c.X * (c.w / c.X.sum(axis=0))
    benefit, cost = p @ (~c.cost).astype(float), p @ c.cost.astype(float)
    q = benefit + cost.sum() / (cost * (1.0 / cost).sum())
    return q / q.max()


def aras(c: Case) -> Array:
    positive = c.X.copy()
    positive[:, c.cost] = 1.0 / c.X[:, c.cost]
    best = positive.max(axis=0)
    scale = c.w / (positive.sum(axis=0) + best)
    return (positive @ scale) / (best @ scale)


def marcos(c: Case) -> Array:
    s = linear(c) @ c.w
    anti = (c.w * c.X.min(axis=0) / c.X.max(axis=0)).sum()
    return s * (anti + 1.0) / (anti**2 + anti + 1.0)


def mabac(c: Case) -> Array:
    v = (oriented_min_max(c) + 1.0) * c.w
    return (v - np.exp(np.log(v).mean(axis=0))).sum(axis=1)


def edas(c: Case) -> Array:
    average = c.X.mean(axis=0)
    d = (c.X - average) * (c.t * c.w / average)
    above, below = np.maximum(d, 0.0).sum(axis=1), np.maximum(-d, 0.0).sum(axis=1)
    return 0.5 * (above / above.max() + 1.0 - below / below.max())


def moora(c: Case) -> Array:
    return c.X @ (c.t * c.w / np.sqrt(np.einsum("ij,ij->j", c.X, c.X)))


def reference_point(c: Case) -> Array:
    v = c.X * (c.w / np.sqrt(np.einsum("ij,ij->j", c.X, c.X)))
    return np.abs(v - np.where(c.cost, v.min(axis=0), v.max(axis=0))).max(axis=1)


def rim(c: Case) -> Array:
    y = oriented_min_max(c) * c.w
    near, far = np.sqrt(((y - c.w) ** 2).sum(axis=1)), np.sqrt((y**2).sum(axis=1))
    return far / (near + far)


def grey(c: Case) -> Array:
    return (0.5 / (1.5 - oriented_min_max(c))) @ c.w


def log_product(c: Case) -> Array:
    return np.log(c.X) @ (c.t * c.w)


def multimoora(c: Case) -> Array:
    """Count all pairs, one ranking after the other; without ties."""
    ahead = np.zeros((c.X.shape[0],) * 2)
    for scores in (moora(c), -reference_point(c), log_product(c)):
        ahead += scores[:, np.newaxis] > scores
    return (ahead > 1.5).sum(axis=1).astype(float)


def comet(c: Case) -> Array:
    """Interpolate by the products of memberships, all objects at once."""
    axes, objects = comet_grid(c)
    _, place = np.unique(
        np.round((objects - c.X.min(axis=0)) @ (c.t * c.w / np.ptp(c.X, axis=0)), 10), return_inverse=True
    )
    parts = np.ones((c.X.shape[0], 1))
    for column, axis in zip(c.X.T, axes, strict=True):
        shares = np.column_stack([np.interp(column, axis, row) for row in np.eye(axis.size)])
        parts = (parts[:, :, np.newaxis] * shares[:, np.newaxis]).reshape(len(column), -1)
    return parts @ (place / place.max())


def comet_grid(c: Case) -> tuple[list[Array], Array]:
    low, high = c.X.min(axis=0), c.X.max(axis=0)
    axes = list(np.column_stack([low, low + (high - low) / 2.0, high]))
    return axes, np.array(list(itertools.product(*axes)))


def codas(c: Case) -> Array:
    v = linear(c) * c.w
    d = v - v.min(axis=0)
    e, t = np.sqrt(np.einsum("ij,ij->i", d, d)), d.sum(axis=1)
    order = np.argsort(e)
    e_sorted, prefix = e[order], np.concatenate(([0.0], np.cumsum(t[order])))
    below = np.searchsorted(e_sorted, e - 0.02, side="right")
    above = np.searchsorted(e_sorted, e + 0.02, side="left")
    clear = (below + e.size - above) * t - prefix[below] - (prefix[-1] - prefix[above])
    return e.size * e - e.sum() + clear
