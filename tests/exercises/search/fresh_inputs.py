"""Inputs of the search's own for every code exercise: none of them comes from the generators of a check.

One sample, one output, two hidden units, square, large, small; settings are drawn, and each size comes twice.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from bplearn.exercises.chapters.chapter_15 import cross_entropy

SIZES = (  # N, D, H, M
    *((6, 4, 5, 3), (6, 4, 5, 3), (1, 3, 4, 2), (5, 2, 3, 1), (4, 3, 2, 2), (3, 3, 3, 3), (23, 7, 11, 5)),
    *((2, 1, 2, 1), (1, 1, 1, 1), (6, 4, 5, 3)),
)


@dataclass
class Draw:
    """One case: its sizes, and a stream of random numbers."""

    N: int
    D: int
    H: int
    M: int
    rng: np.random.Generator = field(repr=False)

    def data(self, *shape):
        return self.rng.normal(size=shape)

    def share(self):
        """A number between 0 and 1 that is nothing plain."""
        return float(self.rng.uniform(0.07, 0.93))

    def activations(self, *shape):
        return self.rng.uniform(0.03, 0.97, shape)

    def classes(self):
        return self.rng.integers(0, self.M + 1, self.N)

    def parameters(self, outputs):
        return self.data(self.D, self.H), self.data(self.H), self.data(self.H, outputs), self.data(outputs)


def draws(seed):
    """The cases of one run of the search."""
    rng = np.random.default_rng([5, seed])
    return [Draw(*sizes, rng) for sizes in SIZES]


def _curve(d):
    a, b, c = d.data(3)
    return (lambda w: a * w**3 + b * np.sin(w) + c * w), float(d.data()), d.share()


def _copied(d):
    shapes = [(d.H,), (d.N, 1), (1, d.H), (d.N, d.H), (1, 1), (1,), ()]
    return d.data(d.N, d.H), shapes[d.rng.integers(len(shapes))]


def _blocks(d):
    weights = [d.data(d.H, d.H) for _ in range(3)]
    return d.data(d.N, d.H), weights, [d.activations(d.N, d.H) for _ in range(3)]


def _images(d):
    height, width = int(d.rng.integers(1, 4)), int(d.rng.integers(1, 4))
    dy = d.data(d.N, d.D, d.H)
    return dy, d.data(d.N, d.D + height - 1, d.H + width - 1), d.data(height, width)


def _head(d):
    powers = d.activations(d.N, d.N)
    return d.data(d.N, d.M), d.data(d.N, d.H), d.data(d.N, d.H), d.data(d.N, d.M), powers / powers.sum(1)[:, None]


def _graph(d):
    values, operations = [float(v) for v in d.data(d.N + 1)], []
    for _ in range(d.H + d.D):
        i, j = (int(k) for k in d.rng.integers(0, len(values), 2))
        i = len(values) - 1 if d.rng.random() < 0.6 else i
        kinds = ["add", "mul"] + ["max"] * (values[i] != values[j]) + ["exp"] * (abs(values[i]) < 2)
        kind = str(d.rng.choice(kinds))
        j = i if kind == "exp" else j
        u, v = values[i], values[j]
        operations.append((kind, i, j))
        values.append({"add": u + v, "mul": u * v, "max": max(u, v), "exp": float(np.exp(min(u, 2.0)))}[kind])
    return operations, values


def _slope(d):
    bend, middle = d.share(), float(d.data())
    return (lambda x: bend * (x - middle)), float(d.data()) - 2, d.share(), int(d.rng.integers(1, 9))


def _train(d):
    rows = 2 * d.N + 1
    orders = np.array([d.rng.permutation(rows) for _ in range(d.H)])
    size = min(rows, d.D + 1)
    parameters = d.parameters(d.M + 1)
    return d.data(rows, d.D), d.rng.integers(0, d.M + 1, rows), parameters, 0.3 * d.share(), size, orders


def _layers(d):
    widths = [d.D, *d.rng.integers(1, 5, d.H), d.M + 1]
    layers = [(d.data(m, n), d.data(n)) for m, n in pairwise(widths)]
    return d.data(d.N, d.D), d.classes(), layers


def _landscape(d):
    shape = {1: (d.D,), 2: (d.H, 1), 3: (2, d.D, d.M)}.get(d.N % 4, (d.D, d.M))
    a, b, x = (d.data(*shape) for _ in range(3))
    return (lambda x: float(np.sum(a * x**3 + b * x) + np.prod(x))), x, d.share()


def _dropped(d):
    arrays = d.data(d.N, d.D), d.data(d.D, d.M), d.data(d.N, d.M)
    return *arrays, d.share(), np.random.default_rng(int(d.rng.integers(1000)))


def _losses(d):
    losses = [float(v) for v in d.rng.integers(1, 9, d.N + d.H) * d.rng.choice([0.1, 1.0])]
    return losses, int(d.rng.integers(1, 4))


def _scores(d):
    return d.data(d.N, d.M + 1), d.classes()


def _forward(d):
    return d.data(d.N, d.D), *d.parameters(d.M + 1)


def _batch(d):
    return d.data(d.N, d.D), d.data(d.N, d.M), *d.parameters(d.M)


def _update(d):
    parameters = d.parameters(d.M)
    return parameters, tuple(d.data(*p.shape) for p in parameters), d.share()


def _adam(d):
    step = int(d.rng.integers(1, 7))
    return (
        d.data(d.D, d.M),
        d.data(d.D, d.M) ** 2,
        d.data(d.D, d.M),
        step,
        *(d.share() for _ in range(3)),
        0.1 * d.share(),
    )


def _decay(d):
    steps = int(d.rng.integers(1, 7))
    x, t = d.data(d.N, d.D), d.data(d.N, d.M)
    return x, t, d.data(d.D, d.M), d.data(d.M), 0.1 * d.share(), d.share(), steps


def _network(d):
    batches = [(d.data(rows, d.D), d.rng.integers(0, d.M + 1, rows)) for rows in (d.N, d.N, d.N + 1)]
    return batches, d.share(), d.parameters(d.M + 1), d.parameters(d.M + 1)


def _pairs(d):
    x = d.data(3 * d.N + 9, d.D)
    return x, x.sum(axis=1), d.H + 1


INPUTS = {
    "01.2": lambda d: (d.data(d.D), d.data(d.D), d.data(1)[0]),
    "01.4": _curve,
    "02.2": lambda d: (d.data(d.N, d.D), d.data(d.D, d.M), d.data(d.M)),
    "02.3": lambda d: (d.data(*(d.N, d.D)[: 1 + d.N % 2]) * d.rng.choice([1.0, 30.0, 900.0]),),
    "02.4": lambda d: (d.data(d.N, d.D), *d.parameters(d.M)),
    "03.2": lambda d: (d.data(d.N, d.M), d.data(d.N, d.M)),
    "03.3": lambda d: (d.data(d.N, 1), d.data(d.N)),
    "03.4": lambda d: (d.data(d.N, 1), d.rng.integers(0, 2, (d.N, 1)).astype(float)),
    "03.5": lambda d: (d.data(d.N, d.M + 1) * d.rng.choice([1.0, 1000.0]),),
    "03.6": _scores,
    "04.2": lambda d: tuple(float(v) for v in d.data(4)),
    "04.3": lambda d: tuple(float(v) for v in d.data(2)),
    "04.4": _graph,
    "05.5": lambda d: (d.activations(d.N, d.M), d.data(d.N, d.M)),
    "05.6": lambda d: (d.data(d.N, d.M), d.data(d.H, d.M), d.activations(d.N, d.H)),
    "05.7": lambda d: (d.data(d.N, d.M), d.data(d.N, d.D), d.data(d.D, d.M)),
    "05.8": lambda d: (d.data(d.N, d.H), d.data(d.N, d.H)),
    "06.3": lambda d: (
        *(d.data(d.D), d.activations(d.H), d.data(d.H, d.M), d.data(d.M)),
        *(int(d.rng.integers(d.D)), int(d.rng.integers(d.H))),
    ),
    "07.1": _slope,
    "07.4": lambda d: (*_batch(d), d.share()),
    "08.2": _batch,
    "09.1": _forward,
    "09.2": _scores,
    "09.3": lambda d: (d.data(d.N, d.M), d.data(d.H, d.M), d.data(d.N, d.H)),
    "09.4": lambda d: (d.data(d.N, d.D), abs(d.data(d.N, d.H)), d.data(d.N, d.H), d.data(d.N, d.M)),
    "09.5": _update,
    "09.6": _train,
    "09.7": _network,
    "09.8": _layers,
    "10.1": _landscape,
    "10.2": lambda d: (d.data(d.N), d.data(d.N, d.D)),
    "10.3": lambda d: (d.data(d.N, d.D), d.data(d.N, d.M), d.data(d.D, d.M), d.data(d.M), d.share()),
    "10.4": lambda d: (d.data(d.N + d.D, d.M), d.rng.integers(0, d.D, d.N + d.D), d.D),
    "10.6": _dropped,
    "11.2": lambda d: (40 * d.D * d.H, 30 * d.M + 40),
    "12.2": _pairs,
    "12.3": lambda d: (*_pairs(d), d.M + 1),
    "13.1": lambda d: (d.data(d.D, d.M), d.data(d.D, d.M), d.share(), d.share()),
    "13.2": lambda d: (d.data(d.D, d.M) ** 2, d.data(d.D, d.M), d.share(), d.share(), 0.1 * d.share()),
    "13.3": _adam,
    "13.4": _decay,
    "14.1": _scores,
    "14.2": lambda d: (3 + 2 * d.data(d.N + d.H + 2, d.D), d.H + 1),
    "14.3": _losses,
    "15.1": lambda d: (d.data(d.N, d.H), d.data(d.N, d.H), d.data(d.N, d.H)),
    "15.2": _copied,
    "15.4": lambda d: (d.data(d.N, d.D), d.data(d.N, 1), d.data(d.D, 1), 0.1 * d.share(), d.M + 1),
    "15.5": lambda d: (d.data(d.N, d.D), d.rng.integers(0, d.M + 1, d.N), d.data(d.D, d.M + 1), cross_entropy),
    "15.6": lambda d: (d.data(d.N, d.D), d.data(d.N, 1), d.data(d.D, 1)),
    "15.7": lambda d: (d.data(d.N, d.D), d.data(d.N, d.M), d.data(d.D, d.H), d.data(d.H, d.M)),
    "16.2": lambda d: (d.data(d.N, d.H), d.data(d.N, d.H), d.data(d.H, d.H), d.data(d.H)),
    "16.4": _blocks,
    "17.2": lambda d: (d.data(d.N, d.D + 2), d.data(d.N, d.D + 2)),
    "17.3": lambda d: (d.data(d.N, d.H), d.data(d.N, d.H), d.data(d.H), d.share()),
    "17.4": _images,
    "17.5": lambda d: (d.data(d.N, d.D, d.H), d.data(d.N, 2 * d.D, 2 * d.H)),
    "18.3": _head,
    "18.4": lambda d: (3 * d.data(d.N, d.N),),
    "18.5": lambda d: (d.rng.integers(0, 5, d.N + d.H + d.M), d.H),
}
