"""Random programs of array operations, as data: the recorder runs them in PyTorch, the test on bplearn's Tensor.

A program is a list of (operation, the places of its arguments, settings); places 0 to 3 are the inputs, each line adds
one. Values stay near 1, so that no program explodes.
"""

import numpy as np

COUNT = 200
SHAPES = ((3, 4), (4,), (3, 1), (1, 4))
BINARY = ("add", "subtract", "multiply", "divide")
UNARY = ("exp", "log", "tanh", "relu", "square")
AXES = (None, 0, 1)


def inputs(number):
    """Return the four inputs of a program."""
    rng = np.random.default_rng([15, number])
    return [rng.uniform(0.5, 1.5, shape) for shape in SHAPES]


def program(number):
    """Return the lines of a program: ten of one or two arguments, a matrix product, a pick, sums that use all."""
    rng = np.random.default_rng([16, number])
    lines, full = [], [0]  # the places that have the shape (3, 4)

    def add(operation, *places, **settings):
        lines.append((operation, places, settings))
        return len(SHAPES) + len(lines) - 1

    for _ in range(10):
        first = int(rng.choice(full))
        kind = rng.integers(5)
        if kind < 2:
            full.append(add(str(rng.choice(BINARY)), first, int(rng.choice([*full, 1, 2, 3]))))
        elif kind == 2:
            full.append(add(str(rng.choice(UNARY)), first))
        elif kind == 3:
            axis = int(rng.integers(2))
            row = add(str(rng.choice(["sum", "mean", "max"])), first, axis=axis, keepdims=True)
            full.append(add("subtract", first, row))
        else:
            turned = add("transpose", first)
            full.append(add("reshape", turned, shape=[3, 4]))
    product = add("matmul", full[-1], add("transpose", int(rng.choice(full))))
    picked = add("pick", full[-2], places=[int(place) for place in rng.integers(0, 3, 4)])
    ends = [add("mean", product), add("sum", picked), add("max", full[-1]), *[add("mean", place) for place in full]]
    total = ends[0]
    for end in ends[1:]:
        total = add("add", total, end)
    return lines


def run(lines, values, operations):
    """Run a program; `operations` holds a function for each name. Return the last result."""
    found = list(values)
    for operation, places, settings in lines:
        found.append(operations[operation](*(found[place] for place in places), **settings))
    return found[-1]
