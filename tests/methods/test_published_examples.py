"""Worked examples of the papers the methods come from, to the digits printed (as quoted in pymcdm's documentation)."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from evalengine.methods.registry import method


@dataclass(frozen=True)
class Example:
    name: str
    source: str
    matrix: list[list[float]]
    weights: list[float]
    directions: list[int]
    scores: list[float]
    decimals: int
    settings: dict[str, object] = field(default_factory=dict)


EXAMPLES = [
    Example(
        "codas",
        "Keshavarz Ghorabaee et al. (2016), industrial robots",
        [
            [45, 3600, 45, 0.9],
            [25, 3800, 60, 0.8],
            [23, 3100, 35, 0.9],
            [14, 3400, 50, 0.7],
            [15, 3300, 40, 0.8],
            [28, 3000, 30, 0.6],
        ],
        [0.2857, 0.3036, 0.2321, 0.1786],
        [1, -1, 1, 1],
        [1.3914, 0.3411, -0.2170, -0.5381, -0.7292, -0.2481],
        3,  # the weights are rounded and sum to 1.0001
    ),
    Example(
        "marcos",
        "Stevic et al. (2020)",
        [
            [660, 1000, 1600, 18, 1200],
            [800, 1000, 1600, 24, 900],
            [980, 1000, 2500, 24, 900],
            [920, 1500, 1600, 24, 900],
            [1380, 1500, 1500, 24, 1150],
            [1230, 1000, 1600, 24, 1150],
            [680, 1500, 1600, 18, 1100],
            [960, 2000, 1600, 12, 1150],
        ],
        [0.1061, 0.3476, 0.3330, 0.1185, 0.0949],
        [-1, 1, 1, 1, 1],
        [0.5649, 0.5543, 0.6410, 0.6174, 0.6016, 0.5453, 0.6282, 0.6543],
        4,
    ),
    Example(
        "aras",
        "Zavadskas and Turskis (2010)",
        [
            [4.64, 3.00, 3.00, 3.00, 2.88, 3.63],
            [4.00, 4.00, 4.64, 3.56, 3.63, 5.00],
            [3.30, 4.31, 3.30, 4.00, 3.30, 4.00],
            [2.62, 5.00, 4.22, 4.31, 5.00, 5.00],
        ],
        [0.28, 0.25, 0.19, 0.15, 0.08, 0.04],
        [1, 1, 1, 1, 1, 1],
        [0.74, 0.86, 0.78, 0.86],
        2,
    ),
    Example(
        "edas",
        "Keshavarz Ghorabaee et al. (2015)",
        [
            [3873, 39.55, 0.27, 0.87, 150, 0.07, 12, 2130],
            [5067, 67.26, 0.23, 0.23, 40, 0.02, 21, 2200],
            [2213, 24.69, 0.08, 0.17, 200, 0.04, 35, 570],
            [6243, 132, 0.07, 0.25, 100, 0.04, 16, 100],
            [8312, 460.47, 0.05, 0.21, 25, 0.1, 25, 200],
        ],
        [0.131, 0.113, 0.126, 0.125, 0.126, 0.129, 0.132, 0.117],
        [-1, -1, -1, 1, 1, -1, 1, 1],
        [0.841, 0.632, 0.883, 0.457, 0.104],
        3,
    ),
    Example(
        "mabac",
        "Pamucar and Cirovic (2015), forklifts",
        [
            [22600, 3800, 2, 5, 1.06, 3.00, 3.5, 2.8, 24.5, 6.5],
            [19500, 4200, 3, 2, 0.95, 3.00, 3.4, 2.2, 24, 7.0],
            [21700, 4000, 1, 3, 1.25, 3.20, 3.3, 2.5, 24.5, 7.3],
            [20600, 3800, 2, 5, 1.05, 3.25, 3.2, 2.0, 22.5, 11.0],
            [22500, 3800, 4, 3, 1.35, 3.20, 3.7, 2.1, 23, 6.3],
            [23250, 4210, 3, 5, 1.45, 3.60, 3.5, 2.8, 23.5, 7.0],
            [20300, 3850, 2, 5, 0.90, 3.25, 3.0, 2.6, 21.5, 6.0],
        ],
        [0.146, 0.144, 0.119, 0.121, 0.115, 0.101, 0.088, 0.068, 0.050, 0.048],
        [-1, 1, 1, 1, -1, -1, 1, 1, 1, 1],
        [0.0826, 0.2183, -0.0488, 0.0246, -0.0704, 0.0465, 0.0464],
        4,
    ),
    Example(
        "spotis",
        "Dezert et al. (2020)",
        [[10.5, -3.1, 1.7], [-4.7, 0, 3.4], [8.1, 0.3, 1.3], [3.2, 7.3, -5.3]],
        [0.2, 0.3, 0.5],
        [1, -1, 1],
        [0.1989, 0.3705, 0.3063, 0.7491],
        4,
        {"bounds": [[-5, 12], [-6, 10], [-8, 5]]},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda item: item.name)
def test_published_scores(example: Example) -> None:
    function = method("compromise", example.name).function
    result = function(example.matrix, example.weights, example.directions, **example.settings)
    np.testing.assert_allclose(result.scores, example.scores, atol=0.51 * 10.0**-example.decimals)
