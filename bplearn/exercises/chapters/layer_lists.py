"""Networks of any depth, as a list of layers: the inputs of a check, and what the check looks at.

They have one, three or five layers. None is square, except two that serve the diagnosis alone.
Belongs to notebooks/09_write_your_own_backprop.ipynb.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from bplearn.exercises.engine.compare import NotNumbers, Unfinished, has_dots
from bplearn.exercises.engine.random_cases import RandomCase

WIDTHS = {1: (4, 5, 3, 2), 2: (3, 4, 2, 5, 3, 2), 3: (2, 6, 4, 3), 4: (3, 3, 3, 3), 5: (3, 3, 3, 3), 6: (3, 2)}


def layer_list(draw: RandomCase) -> tuple[Any, ...]:
    """Return samples, class numbers and a list of layers, with every ReLU away from its kink, some on, some off."""
    widths = WIDTHS.get(draw.network, (draw.D, draw.H, draw.M + 2, draw.M + 1))
    layers = [(draw.weights(*pair), draw.weights(pair[1])) for pair in pairwise(widths)]

    def good(x: Any) -> bool:
        for W, b in layers[:-1]:
            z = x @ W + b
            if np.abs(z).min() < 0.02 or not z.min() < 0 < z.max():
                return False
            x = np.maximum(z, 0)
        return True

    x = draw.until(lambda: draw.data(draw.N, widths[0]), good)
    return x, draw.data_rng.integers(0, widths[-1], draw.N), layers


def gradients_by_layer(answer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the gradients of the first layer, of the last one, and of all between them in a row."""
    found, count = answer(*arguments), len(arguments[2])
    if has_dots(found):
        raise Unfinished
    pairs = found if isinstance(found, list | tuple) else []
    if len(pairs) != count or any(not isinstance(pair, list | tuple) or len(pair) != 2 for pair in pairs):
        mistake = "less-than-asked" if 0 < len(pairs) < count else ""
        raise NotNumbers(f"The answer should be a list of {count} pairs (dW, db), one for each layer.", mistake)
    (first_dW, first_db), (last_dW, last_db) = pairs[0], pairs[-1]
    between = [np.ravel(array) for pair in pairs[1:-1] for array in pair]
    return first_dW, first_db, np.concatenate([np.zeros(0), *between]), last_dW, last_db
